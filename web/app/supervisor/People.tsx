import { Menu } from '@mantine/core'
import { IconChevronDown } from '@tabler/icons-react'
import type { Status, Wish } from '../core/desk'
import { wall, type WallView } from '../core/wall'
import { useWallHere } from './context'

const order: Status[] = ['available', 'offered', 'busy', 'wrapup', 'away', 'reconnecting', 'offline']
const wishes: Wish[] = ['available', 'away', 'offline']

// People are who works, and how; a supervisor can set their status.
export function People({ view }: { view: WallView }) {
  const { t, people, run } = useWallHere()
  const all = [...people].sort((a, b) => order.indexOf(a.status) - order.indexOf(b.status) || (a.name ?? '').localeCompare(b.name ?? ''))
  return (
    <section className="people" aria-label={t.people}>
      <header className="liveshead">
        <h2>{t.people}</h2>
        <span className="states">
          {order.map((s) => view.agents[s] ? (
            <span key={s} className="state small">
              <span className={`lamp ${s}`} aria-hidden />
              <strong className="num">{view.agents[s]}</strong> {t.status[s]}
            </span>
          ) : null)}
        </span>
      </header>
      {all.length === 0 && <p className="nothing">{t.nobody}</p>}
      <ul className="peoplelist">
        {all.map((p) => (
          <li key={p.id}>
            <span className={`lamp ${p.status}`} aria-hidden />
            <span className="grow clip">{p.name || p.id}</span>
            <span className="dim small nowrap">{t.load(p.chats, p.calls)}</span>
            <Menu position="bottom-end">
              <Menu.Target>
                <button type="button" className="statepick small" aria-label={`${t.set(p.name ?? '')}: ${t.status[p.status]}`}>
                  {t.status[p.status]}
                  <IconChevronDown size={14} aria-hidden />
                </button>
              </Menu.Target>
              <Menu.Dropdown>
                {wishes.map((w) => (
                  <Menu.Item key={w} leftSection={<span className={`lamp ${w}`} aria-hidden />} onClick={() => run(() => wall.force(p.id, w), t.done)}>
                    {t.status[w]}
                  </Menu.Item>
                ))}
              </Menu.Dropdown>
            </Menu>
          </li>
        ))}
      </ul>
    </section>
  )
}
