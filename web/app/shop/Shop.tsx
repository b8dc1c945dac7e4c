import { IconDeviceSpeaker, IconHeadphones, IconEar, IconMessageQuestion } from '@tabler/icons-react'
import type { Catalog } from '../core/catalog'

const icons = [IconHeadphones, IconEar, IconDeviceSpeaker]

// Shop is the demo company's own page, beside which the assistant stands.
export function Shop({ t, onAsk }: { t: Catalog; onAsk: (question: string) => void }) {
  return (
    <section className="shop">
      <h1>{t.tagline}</h1>
      <p className="dim">{t.demoNote}</p>
      <ul className="products">
        {t.products.map((p, i) => {
          const Icon = icons[i] ?? IconHeadphones
          return (
            <li key={p.name} className="product">
              <div className="picture" aria-hidden>
                <Icon size={52} stroke={1.2} />
              </div>
              <div className="name">
                <strong>{p.name}</strong>
                <span className="price">{p.price}</span>
              </div>
              <span className="dim">{p.what}</span>
            </li>
          )
        })}
      </ul>
      <h2>{t.ask}</h2>
      <ul className="questions">
        {t.questions.map((q) => (
          <li key={q}>
            <button type="button" onClick={() => onAsk(q)}>
              <IconMessageQuestion size={16} aria-hidden />
              {q}
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}
