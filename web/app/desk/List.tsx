import { TextInput } from '@mantine/core'
import { IconAt, IconInbox, IconSearch, IconUserCheck, IconX } from '@tabler/icons-react'
import type { Queue, Row } from '../core/desk'
import { since, tongue, useDeskHere } from './context'
import { Target } from './Target'
import { Callbacks } from './Callbacks'
import type { Desk } from './useDesk'

interface Props {
  desk: Desk
  open: string
  pick: (id: string) => void
  query: string
  setQuery: (q: string) => void
  found?: Row[]
}

// who names a customer, who may have no name.
export function who(r: Row | undefined, visitor: string): string {
  return r?.customer.name || r?.customer.id || `${visitor} ${r ? r.id.slice(-4) : ''}`
}

// List is the conversations of a person, and those that wait.
export function List({ desk, open, pick, query, setQuery, found }: Props) {
  const { t, now } = useDeskHere()
  const longest = Math.max(0, ...desk.queues.map((q) => q.expected_wait_ms))
  return (
    <nav className="list" aria-label={t.mine}>
      <div className="find">
        <TextInput
          id="deskfind" size="sm" value={query} onChange={(e) => setQuery(e.currentTarget.value)} placeholder={t.search} aria-label={t.search} leftSection={<IconSearch size={15} aria-hidden />}
          rightSection={query && <button type="button" className="clear" aria-label={t.cancel} onClick={() => setQuery('')}><IconX size={14} /></button>}
        />
      </div>
      {query ? (
        <Group title={t.found} count={found?.length} empty={<Nothing icon={<IconSearch size={18} />} text={t.noneFound} />} rows={found} {...{ open, pick, unread: desk.unread, now }} />
      ) : (
        <>
          {desk.called.length > 0 && (
            <section className="group" aria-label={t.mentions.title}>
              <h2>
                {t.mentions.title} <span className="num dim">{desk.called.length}</span>
              </h2>
              <ul>
                {desk.called.map((c) => (
                  <li key={c.conversation}>
                    <button type="button" className="item" aria-current={c.conversation === open ? 'true' : undefined} onClick={() => pick(c.conversation)}>
                      <span className="itemhead">
                        <IconAt size={14} aria-hidden />
                        <span className="clip grow strong">{t.mentions.from(c.by || t.agent)}</span>
                        <span className="num small dim">{since(now - Date.parse(c.at))}</span>
                      </span>
                      {c.text && <span className="clip dim small">{c.text}</span>}
                    </button>
                  </li>
                ))}
              </ul>
            </section>
          )}
          <Group title={t.mine} count={desk.mine.length} empty={desk.ready && <Nothing icon={<IconUserCheck size={18} />} text={t.noneMine} more={t.noneMineMore} />} rows={desk.mine} {...{ open, pick, unread: desk.unread, now }} />
          <Group
            title={t.waiting} count={desk.waiting.length} note={desk.waiting.length > 0 && longest > 0 ? t.expects(Math.ceil(longest / 60000)) : ''} waits
            empty={desk.ready && <Nothing icon={<IconInbox size={18} />} text={t.noneWaiting} />} rows={desk.waiting} queues={desk.queues} {...{ open, pick, unread: desk.unread, now }}
          />
          <Callbacks desk={desk} pick={pick} />
        </>
      )}
    </nav>
  )
}

function Nothing({ icon, text, more }: { icon: React.ReactNode; text: string; more?: string }) {
  return (
    <div className="nothing">
      <span aria-hidden>{icon}</span>
      <div>
        <div>{text}</div>
        {more && <div className="dim small">{more}</div>}
      </div>
    </div>
  )
}

interface GroupProps { title: string; queues?: Queue[]; count?: number; note?: string; waits?: boolean; rows?: Row[]; empty: React.ReactNode; open: string; pick: (id: string) => void; unread: Record<string, number>; now: number }

function Group({ title, queues, count, note, waits, rows, empty, open, pick, unread, now }: GroupProps) {
  return (
    <section className="group" aria-label={title}>
      <h2>
        {title} <span className="num dim">{count ?? ''}</span>
        {note && <span className="dim small groupnote">{note}</span>}
      </h2>
      {rows?.length === 0 ? empty : (
        <ul>
          {rows?.map((r) => <Item key={r.id} r={r} target={targetOf(r, queues)} waits={waits} current={r.id === open} pick={pick} unread={unread[r.id] ?? 0} now={now} />)}
        </ul>
      )}
    </section>
  )
}

// targetOf is within which time one who waits is to be answered, in ms; 0: nothing is said of it.
function targetOf(r: Row, queues: Queue[] = []): number {
  const q = queues.find((x) => x.name === (r.transfer?.queue ?? r.queue))
  return (r.transfer?.kind === 'call' ? q?.call_target_ms : q?.chat_target_ms) ?? 0
}

function Item({ r, target, waits, current, pick, unread, now }: { r: Row; target: number; waits?: boolean; current: boolean; pick: (id: string) => void; unread: number; now: number }) {
  const { t, locale } = useDeskHere()
  const wait = waits ? (r.transfer ? r.transfer.wait_ms + Math.max(0, now - readAt(r)) : now - Date.parse(r.updated_at)) : now - Date.parse(r.last?.at ?? r.updated_at)
  const late = waits && target > 0 && wait >= target
  return (
    <li>
      <button type="button" className="item" aria-current={current ? 'true' : undefined} onClick={() => pick(r.id)}>
        <span className="itemhead">
          <span className="clip grow strong">{who(r, t.visitor)}</span>
          {unread > 0 && (
            <span className="badge">
              {unread}
              <span className="sr"> {t.newMessages}</span>
            </span>
          )}
          {waits && target > 0 && <Target wait={wait} of={target} />}
          <span className={late ? 'num small late' : 'num small dim'} title={waits ? t.since : undefined}>
            {since(wait)}
          </span>
        </span>
        <span className="clip dim small">
          {r.last ? `${r.last.from === 'customer' ? '' : `${r.last.from === 'bot' ? t.bot : t.agent}: `}${r.last.text}` : '–'}
        </span>
        {waits && (
          <span className="dim small">
            {[r.place && t.place(r.place), r.queue, tongue(r.locale, locale)].filter(Boolean).join(' · ')}
          </span>
        )}
      </button>
    </li>
  )
}

const reads = new WeakMap<Row, number>()

// readAt is when a row came, from which its waiting time runs on.
function readAt(r: Row): number {
  let at = reads.get(r)
  if (at === undefined) {
    at = Date.now()
    reads.set(r, at)
  }
  return at
}
