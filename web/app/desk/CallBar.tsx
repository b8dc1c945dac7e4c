import { Button, UnstyledButton } from '@mantine/core'
import { IconArrowBackUp, IconCheck, IconMicrophone, IconMicrophoneOff, IconPhone, IconPlayerPause, IconPlayerPlay, IconUserCheck, IconUsersPlus } from '@tabler/icons-react'
import { callView } from '../core/callbar'
import { since, useDeskHere } from './context'
import { who } from './List'
import { Sound } from './Sound'
import type { Audio } from './useAudio'
import type { MyCall } from './useCall'

export interface CallActions {
  mute: () => void
  hold: () => void
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
  held: boolean
  busy: boolean
  does: CallActions
}

// CallBar is the agent's audio, and the call that it is in: who it is with, how it stands in
// words, and what can be done.
export function CallBar({ audio, call, held, busy, does }: Props) {
  const { t, now } = useDeskHere()
  const name = call ? who(call.row, t.visitor) : ''
  const view = call && callView(call.stage, audio.state.line, held)
  const muted = audio.state.muted
  const words = !view ? '' : !view.heard ? t.audio.unheard(name) : view.held ? t.audio.held(name) : t.audio.stage[view.stage](name)
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
          <span className={view.heard ? 'callstate small' : 'callstate small bad'} role="status">
            {words}
            {muted && view.heard && ` · ${t.audio.muted}`}
          </span>
          <div className="callactions">
            <Button size="compact-sm" variant={muted ? 'filled' : 'default'} aria-pressed={muted} disabled={!view.heard} leftSection={muted ? <IconMicrophoneOff size={15} aria-hidden /> : <IconMicrophone size={15} aria-hidden />} onClick={does.mute}>
              {muted ? t.audio.unmute : t.audio.mute}
            </Button>
            {view.may.hold && (
              <Button size="compact-sm" variant={view.held ? 'filled' : 'default'} aria-pressed={view.held} disabled={busy} leftSection={view.held ? <IconPlayerPlay size={15} aria-hidden /> : <IconPlayerPause size={15} aria-hidden />} onClick={does.hold}>
                {view.held ? t.audio.unhold : t.audio.hold}
              </Button>
            )}
            {view.stage === 'briefing' && (
              <Button size="compact-sm" disabled={busy || !view.may.join} leftSection={<IconUsersPlus size={15} aria-hidden />} onClick={does.join}>
                {t.audio.join}
              </Button>
            )}
            {(view.stage === 'briefing' || view.stage === 'together') && (
              <Button size="compact-sm" variant={view.stage === 'together' ? 'filled' : 'default'} disabled={busy || !view.may.complete} leftSection={<IconUserCheck size={15} aria-hidden />} onClick={does.complete}>
                {t.complete}
              </Button>
            )}
            {view.may.cancel && (
              <Button size="compact-sm" variant="default" disabled={busy} leftSection={<IconArrowBackUp size={15} aria-hidden />} onClick={does.cancel}>
                {view.stage === 'handing' ? t.cancelTransfer : t.back}
              </Button>
            )}
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
