import { IconPhoneCalling, IconPhoneOff, IconPhoneOutgoing, IconX } from '@tabler/icons-react'
import type { Callback } from '../core/desk'
import { since, tongue, useDeskHere } from './context'
import type { Desk } from './useDesk'

const icons = { waiting: IconPhoneOutgoing, calling: IconPhoneCalling, given_up: IconPhoneOff }

// Callbacks are customers who are called when it is their turn; nothing where there are none.
export function Callbacks({ desk, pick }: { desk: Desk; pick: (id: string) => void }) {
  const { t } = useDeskHere()
  if (desk.callbacks.length === 0) return null
  return (
    <section className="group" aria-label={t.callbacks.title}>
      <h2>
        {t.callbacks.title} <span className="num dim">{desk.callbacks.length}</span>
      </h2>
      <ul>
        {desk.callbacks.map((c) => <Item key={c.id} c={c} desk={desk} pick={pick} />)}
      </ul>
    </section>
  )
}

function Item({ c, desk, pick }: { c: Callback; desk: Desk; pick: (id: string) => void }) {
  const { t, now, locale } = useDeskHere()
  const Icon = icons[c.state]
  const given = c.state === 'given_up'
  const later = c.state === 'waiting' && c.due_at && Date.parse(c.due_at) > now
  const body = (
    <>
      <span className="itemhead">
        <Icon size={15} aria-hidden />
        <span className="clip grow strong">{c.name || c.number}</span>
        <span className="num small dim" title={t.since}>{since(now - Date.parse(c.since))}</span>
      </span>
      <span className={given ? 'clip small late' : 'clip small dim'}>
        {[later ? t.callbacks.at(new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' }).format(new Date(c.due_at!))) : t.callbacks.state[c.state], c.reason && t.callbacks.reason[c.reason]].filter(Boolean).join(' · ')}
      </span>
      <span className="clip dim small">{[c.name && c.number, c.tries > 0 && t.callbacks.tries(c.tries, c.tries_at_most), c.queue, tongue(c.language, locale), c.when].filter(Boolean).join(' · ')}</span>
    </>
  )
  return (
    <li className="callback">
      {desk.me?.role === 'agent' ? <div className="item still">{body}</div> : <button type="button" className="item" onClick={() => pick(c.conversation)}>{body}</button>}
      {c.state !== 'calling' && (
        <button type="button" className="clear" aria-label={t.callbacks.done(c.name || c.number)} title={t.callbacks.off} onClick={() => desk.dropCallback(c.id)}>
          <IconX size={14} />
        </button>
      )}
    </li>
  )
}
