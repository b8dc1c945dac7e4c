import type { Person } from '../core/desk'
import { clock, tongue, useDeskHere } from './context'
import { Packet } from './Packet'
import type { Open } from './useConversation'

// Side is what is known of the conversation that is open, and who is there.
export function Side({ at, agents, children }: { at: Open; agents: Person[]; children: React.ReactNode }) {
  const { t, locale, me } = useDeskHere()
  const there = agents.filter((a) => a.status !== 'offline' && a.id !== me.id)
  return (
    <>
      {at.id && at.packet && (
        <section className="sidepart" aria-label={t.packet}>
          <h2>{t.packet}</h2>
          <Packet p={at.packet} />
        </section>
      )}
      {children}
      {at.id && at.row && (
        <section className="sidepart" aria-label={t.profile}>
          <h2>{t.profile}</h2>
          <dl className="slots">
            {[
              [t.name, at.row.customer.name],
              [t.customer, at.row.customer.id],
              [t.language, tongue(at.row.locale, locale)],
              [t.site, at.row.site],
              [t.queue, at.row.queue],
              [t.started, clock(at.row.created_at, locale)],
            ].map(([k, v]) => v && (
              <div key={k}>
                <dt>{k}</dt>
                <dd>{v}</dd>
              </div>
            ))}
          </dl>
        </section>
      )}
      {there.length > 0 && (
        <section className="sidepart" aria-label={t.agents}>
          <h2>{t.agents}</h2>
          <ul className="colleagues">
            {there.map((a) => (
              <li key={a.id}>
                <span className={`lamp ${a.status}`} aria-hidden />
                <span className="clip grow">{a.name || a.id}</span>
                <span className="dim small">{t.status[a.status]}</span>
                <span className="dim small num">
                  {a.chats}/{a.capacity}
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  )
}
