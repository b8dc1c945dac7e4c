import { Button, UnstyledButton } from '@mantine/core'
import { IconArrowBackUp, IconCheck, IconHeadphones, IconMicrophone, IconMicrophoneOff, IconPhone, IconPlayerPause, IconPlayerPlay, IconUserCheck, IconUserQuestion, IconUsersPlus } from '@tabler/icons-react'
import { callView, keysTo, outsideOf, type CallView } from '../core/callbar'
import type { Leg, Person } from '../core/desk'
import type { DeskWords } from '../core/deskwords'
import { since, useDeskHere } from './context'
import { Keypad } from './Keypad'
import { who } from './List'
import { Sound } from './Sound'
import type { Audio } from './useAudio'
import type { MyCall } from './useCall'

export interface CallActions {
  mute: () => void
  hold: () => void
  consult: () => void
  join: () => void
  complete: () => void
  cancel: () => void
  giveBack: () => void
  close: () => void
  open: () => void
}

interface Props {
  audio: Audio
  call?: MyCall
  agents: Person[]
  listeners: Leg[]
  held: boolean
  busy: boolean
  does: CallActions
}

// otherOf names the third person in a call, whom one asks or who asks.
export function otherOf(call: MyCall, me: string, agents: Person[]): string {
  const t = call.row.transfer
  const id = t?.from === me ? t.agent : t?.from
  return outsideOf(id) || (agents.find((a) => a.id === id)?.name ?? '')
}

// sayOf is how a call stands, in a sentence.
export function sayOf(t: DeskWords, view: CallView, name: string, other: string, consult: boolean): string {
  if (!view.heard) return t.audio.unheard(name)
  if (view.held) return t.audio.held(name)
  return t.audio.stage[view.stage](name, view.stage === 'handing' && !consult ? '' : other || t.agent)
}

// heardBy names the supervisors in a call, and how they are in it.
export function heardBy(t: DeskWords, listeners: Leg[], agents: Person[]): string {
  return listeners.map((l) => t.audio.listens[l.mode]?.(agents.find((a) => a.id === l.user)?.name || t.audio.supervisor)).join(' · ')
}

// CallBar is the agent's audio, and the call that it is in: who it is with, how it stands in
// words, and what can be done.
export function CallBar({ audio, call, agents, listeners, held, busy, does }: Props) {
  const { t, me, now } = useDeskHere()
  const name = call ? who(call.row, t.visitor) : ''
  const view = call && callView(call.stage, audio.state.line, held)
  const muted = audio.state.muted
  const other = call ? otherOf(call, me.id, agents) : ''
  const began = call?.row.transfer?.from === me.id // the one who asks the other
  return (
    <section className={call ? 'callbar oncall' : 'callbar'} aria-label={t.audio.bar}>
      <Sound audio={audio} busy={call !== undefined} />
      {call && view && (
        <>
          <UnstyledButton className="callwho" onClick={does.open}>
            <IconPhone size={16} aria-hidden />
            <strong className="clip">{name}</strong>
            <span className="num small">{since(now - call.since)}</span>
          </UnstyledButton>
          <span className={view.heard ? 'callstate small' : 'callstate small bad'}>
            {sayOf(t, view, name, other, Boolean(call.row.transfer?.consult))}
            {muted && view.heard && ` · ${t.audio.muted}`}
          </span>
          {listeners.length > 0 && (
            <span className="listeners small">
              <IconHeadphones size={15} aria-hidden />
              {heardBy(t, listeners, agents)}
            </span>
          )}
          <div className="callactions">
            <Button size="compact-sm" variant={muted ? 'filled' : 'default'} aria-pressed={muted} disabled={!view.heard} leftSection={muted ? <IconMicrophoneOff size={15} aria-hidden /> : <IconMicrophone size={15} aria-hidden />} onClick={does.mute}>
              {muted ? t.audio.unmute : t.audio.mute}
            </Button>
            {view.may.hold && (
              <Button size="compact-sm" variant={view.held ? 'filled' : 'default'} aria-pressed={view.held} disabled={busy} leftSection={view.held ? <IconPlayerPlay size={15} aria-hidden /> : <IconPlayerPause size={15} aria-hidden />} onClick={does.hold}>
                {view.held ? t.audio.unhold : t.audio.hold}
              </Button>
            )}
            <Keypad call={call.id} to={keysTo(call.row, call.via)} />
            {view.may.consult && (
              <Button size="compact-sm" variant="default" disabled={busy} leftSection={<IconUserQuestion size={15} aria-hidden />} onClick={does.consult}>
                {t.audio.consult}
              </Button>
            )}
            <Others view={view} began={began} other={other || t.agent} busy={busy} does={does} />
            {view.may.giveBack && (
              <Button size="compact-sm" variant="default" disabled={busy} leftSection={<IconArrowBackUp size={15} aria-hidden />} onClick={does.giveBack}>
                {t.back}
              </Button>
            )}
            {view.may.close && (
              <Button size="compact-sm" variant="default" disabled={busy} leftSection={<IconCheck size={15} aria-hidden />} onClick={does.close}>
                {t.close}
              </Button>
            )}
          </div>
        </>
      )}
    </section>
  )
}

// Others is what can be done about whoever else has to do with the call: bot, colleague or
// phone. What is most often wanted next is filled.
function Others({ view, began, other, busy, does }: { view: CallView; began: boolean; other: string; busy: boolean; does: CallActions }) {
  const { t } = useDeskHere()
  const { stage, may } = view
  const three = stage === 'consult' || stage === 'told'
  const complete = stage === 'consult' ? t.audio.handOver : stage === 'conference' ? (began ? t.audio.leave : t.audio.takeIt) : stage === 'told' ? t.audio.takeIt : t.complete
  const cancel = stage === 'handing' ? t.cancelTransfer : stage === 'consult' ? t.audio.toCustomer : stage === 'conference' ? (began ? t.audio.letGo(other) : t.audio.leaveIt) : stage === 'told' ? t.audio.leaveIt : t.back
  return (
    <>
      {(stage === 'briefing' || three) && (
        <Button size="compact-sm" disabled={busy || !may.join} leftSection={<IconUsersPlus size={15} aria-hidden />} onClick={does.join}>
          {three ? t.audio.conference : t.audio.join}
        </Button>
      )}
      {(stage === 'briefing' || three || stage === 'together' || stage === 'conference') && (
        <Button size="compact-sm" variant={stage === 'together' ? 'filled' : 'default'} disabled={busy || !may.complete} leftSection={<IconUserCheck size={15} aria-hidden />} onClick={does.complete}>
          {complete}
        </Button>
      )}
      {may.cancel && (
        <Button size="compact-sm" variant="default" disabled={busy} leftSection={<IconArrowBackUp size={15} aria-hidden />} onClick={does.cancel}>
          {cancel}
        </Button>
      )}
    </>
  )
}
