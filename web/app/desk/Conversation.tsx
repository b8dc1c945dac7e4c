import { Button } from '@mantine/core'
import { IconArrowBackUp, IconArrowForwardUp, IconCheck, IconHandGrab, IconMessages } from '@tabler/icons-react'
import type { Canned, Person, Queue } from '../core/desk'
import { whyNot } from '../core/trouble'
import { useDeskHere } from './context'
import { Bounds } from './Bounds'
import { HandDialog } from './Dialogs'
import { EndDialog } from './EndDialog'
import { who } from './List'
import { Reply, type Put } from './Reply'
import { Timeline } from './Timeline'
import type { Open } from './useConversation'

interface Props {
  at: Open
  mine: boolean
  calling: boolean // it is the call in the bar, which has what can be done with it
  note: boolean
  setNote: (note: boolean) => void
  put: Put
  replies: Canned[]
  company: string
  warn: () => void
  release: () => void
  agents: Person[]
  queues: Queue[]
  giveBack: () => void
  close: () => void
  hand: () => void
  takeOver: () => void
  complete: (transfer: string) => void
  cancel: (transfer: string) => void
  dialog: 'close' | 'hand' | 'consult' | ''
  setDialog: (d: 'close' | 'hand' | '') => void
  phones: boolean // people outside can be called for it
  done: (text: string) => void
}

// Conversation is the one that is open: who it is, what was said, and where one writes.
export function Conversation(p: Props) {
  const { t, me } = useDeskHere()
  const { at } = p
  const row = at.row
  if (!at.id) {
    return (
      <main className="conversation none" id="main">
        <IconMessages size={28} className="dim" aria-hidden />
        <strong>{t.pick}</strong>
        <p className="dim">{t.pickMore}</p>
      </main>
    )
  }
  const name = who(row, t.visitor)
  const closed = row?.state === 'closed'
  const tr = row?.transfer
  const accepted = tr && (tr.state === 'consulting' || tr.state === 'conference') && tr.agent === me.id
  const handing = p.mine && tr
  const holder = row && (row.holder === 'agent' ? (row.agent === me.id ? t.you : (p.agents.find((a) => a.id === row.agent)?.name ?? t.agent)) : row.holder === 'queue' ? t.waiting : t.bot)
  return (
    <main className="conversation" id="main" aria-label={name}>
      <header className="convhead">
        <div className="grow clip">
          <h1 className="clip">{name}</h1>
          <div className="dim small clip">{closed ? t.marks.closed : [holder, row?.queue].filter(Boolean).join(' · ')}</div>
        </div>
        {handing && (
          <span className="pill wait">
            <IconArrowForwardUp size={13} aria-hidden />
            {t.handing}
          </span>
        )}
        {handing && !p.calling && (
          <Button size="compact-sm" variant="default" onClick={() => p.cancel(tr.id)}>
            {t.cancelTransfer}
          </Button>
        )}
        {accepted && !p.calling && (
          <Button size="compact-sm" onClick={() => p.complete(tr.id)}>
            {tr.from ? t.audio.takeIt : t.complete}
          </Button>
        )}
        {p.mine && !handing && (
          <>
            {!p.calling && (
              <Button size="compact-sm" variant="default" leftSection={<IconArrowBackUp size={15} aria-hidden />} onClick={p.giveBack}>
                {t.back}
              </Button>
            )}
            <Button size="compact-sm" variant="default" leftSection={<IconArrowForwardUp size={15} aria-hidden />} onClick={p.hand}>
              {t.handOn}
            </Button>
            {!p.calling && (
              <Button size="compact-sm" variant="default" leftSection={<IconCheck size={15} aria-hidden />} onClick={p.close}>
                {t.close}
              </Button>
            )}
          </>
        )}
        {p.mine && <Bounds warn={p.warn} release={p.release} />}
        {!p.mine && !accepted && !closed && row && me.role !== 'agent' && (
          <Button size="compact-sm" leftSection={<IconHandGrab size={15} aria-hidden />} onClick={p.takeOver}>
            {t.takeOver}
          </Button>
        )}
      </header>
      {at.error !== undefined && !row ? (
        <p className="dim pad" role="alert">
          {whyNot(at.error, t)}
        </p>
      ) : (
        <Timeline key={at.id} told={at.timeline} name={name} />
      )}
      {closed ? (
        <p className="over dim">{t.over}</p>
      ) : (
        row && <Reply id={at.id} may={p.mine || Boolean(accepted)} note={p.note} setNote={p.setNote} put={p.put} replies={p.replies} people={p.agents.filter((a) => a.id !== me.id)} language={row.locale ?? ''} known={{ customer: row.customer.name, agent: me.name, company: p.company, queue: row.queue }} />
      )}
      {p.dialog === 'close' && <EndDialog id={at.id} closing endings={p.queues.find((q) => q.name === row?.queue)?.dispositions ?? []} close={() => p.setDialog('')} done={() => p.done(t.closed)} />}
      {(p.dialog === 'hand' || p.dialog === 'consult') && <HandDialog id={at.id} calling={p.calling} phones={p.phones} first={p.dialog === 'consult' ? 'consult' : 'warm'} me={me.id} queues={p.queues} agents={p.agents} close={() => p.setDialog('')} done={(failed) => p.done(failed ? t.nobody : t.handedOn)} />}
    </main>
  )
}
