import { IconHandStop, IconMessageQuestion, IconPencil, IconPhoneCall } from '@tabler/icons-react'
import type { Catalog } from '../core/catalog'
import { Earbuds, Headphones, Speaker } from './Pictures'

const pictures = [Headphones, Earbuds, Speaker]
const steps = [IconPhoneCall, IconHandStop, IconPencil]

// Shop is the demo company's own page, beside which the assistant stands.
export function Shop({ t, onAsk }: { t: Catalog; onAsk: (question: string) => void }) {
  return (
    <section className="shop">
      <h1>{t.tagline}</h1>
      <p className="dim lead">{t.demoNote}</p>
      <ul className="products">
        {t.products.map((p, i) => {
          const Picture = pictures[i] ?? Headphones
          return (
            <li key={p.name} className="product">
              <div className="picture">
                <Picture />
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
      <h2>{t.tryTitle}</h2>
      <ol className="tries">
        {t.tries.map((x, i) => {
          const Icon = steps[i] ?? IconPencil
          return (
            <li key={x.title}>
              <Icon size={20} stroke={1.6} className="mark" aria-hidden />
              <div>
                <strong>{x.title}</strong>
                <p className="dim">{x.what}</p>
              </div>
            </li>
          )
        })}
      </ol>
    </section>
  )
}
