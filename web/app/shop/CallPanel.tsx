import { Alert, Badge, Button } from '@mantine/core'
import { IconPhone, IconPhotoPlus, IconPlayerRecordFilled, IconPlugConnectedX, IconSparkles } from '@tabler/icons-react'
import { useEffect, useMemo, useState } from 'react'
import { capabilities, type Capabilities } from '../core/api'
import type { Catalog, Locale } from '../core/catalog'
import { obstacle } from '../core/failure'
import { Composer, type Unsent } from './Composer'
import { Controls } from './Controls'
import { Problem } from './Problem'
import { Sending } from './Sending'
import { TranscriptView } from './Transcript'
import { useConversation } from './useCall'
import { useOutbox } from './useOutbox'
import { usePicked } from './usePicked'

interface Props {
  t: Catalog
  locale: Locale
  ask: string
  onAsked: () => void
}

// CallPanel is the assistant: call, transcript, and a line to write.
export function CallPanel({ t, locale, ask, onAsked }: Props) {
  const c = useConversation(locale)
  const { say } = c
  const pictures = usePicked()
  const outbox = useOutbox(c.show, c.transcript.lines)
  const barred = useMemo(() => obstacle(window), [])
  const [unsent, setUnsent] = useState<Unsent>()
  const [can, setCan] = useState<Capabilities>()
  useEffect(() => void capabilities().then(setCan, () => undefined), [])
  useEffect(() => {
    if (!ask) return
    onAsked()
    void say(ask).catch((err: unknown) => setUnsent({ text: ask, err }))
  }, [ask, say, onAsked])

  const inCall = c.state.kind === 'starting' || c.state.kind === 'connecting' || c.state.kind === 'live'
  const deaf = can?.languages.some((l) => l.tag === locale && !l.hears)
  const clock = useClock(c.state.kind === 'live' ? c.state.since : 0)
  const status = c.state.kind === 'live' && c.state.weak ? t.weak : barred ? t.notReady : c.state.kind === 'failed' ? t.noCall : t[c.state.kind]

  return (
    <section className="panel" aria-label={t.assistant} {...pictures.on}>
      <header className="panelhead">
        <div className="who">
          <span className="avatar" aria-hidden>
            <IconSparkles size={18} />
          </span>
          <div>
            <strong>{t.assistant}</strong>
            <div className="dim small">
              <span role="status" aria-live="polite" className={c.state.kind === 'live' && !c.state.weak ? 'onair' : undefined}>
                {status}
              </span>
              {clock && <span className="clock"> {clock}</span>}
            </div>
          </div>
        </div>
        {!inCall && (
          <Button size="md" className="callbutton" disabled={barred !== undefined} leftSection={<IconPhone size={18} aria-hidden />} onClick={() => void c.start()}>
            {c.state.kind === 'ended' ? t.callAgain : t.call}
          </Button>
        )}
        {c.state.kind === 'live' && (
          <div className="marks">
            {c.muted && (
              <Badge color="orange" variant="light">
                {t.muted}
              </Badge>
            )}
            {can?.recording && <Taping t={t} on={c.transcript.recording} stop={() => void c.call.current?.record(false).catch(() => undefined)} />}
          </div>
        )}
      </header>
      {inCall && <Controls t={t} c={c} />}
      {deaf && !barred && (
        <Alert color="yellow" variant="light" className="note">
          {t.noEngine}
        </Alert>
      )}
      {barred && <Problem t={t} failure={barred} detail="" />}
      {!barred && c.state.kind === 'failed' && <Problem t={t} failure={c.state.failure} detail={c.state.detail} />}
      {inCall && c.silenced && (
        <Alert color="yellow" variant="light" className="note" role="alert">
          {t.soundOff}{' '}
          <Button size="compact-sm" variant="default" onClick={() => void c.call.current?.play()}>
            {t.soundOn}
          </Button>
        </Alert>
      )}
      {c.link === 'lost' && (
        <Alert color="orange" variant="light" className="note" icon={<IconPlugConnectedX size={16} />}>
          {t.offline}
        </Alert>
      )}
      <TranscriptView
        t={t} transcript={c.transcript} hint={barred ? t.hintWrite : t.hint} load={c.load}
        waiting={outbox.waiting}
        sending={(o) => (
          <Sending
            key={o.key} t={t} o={o} again={() => outbox.again(o)}
            change={() => {
              outbox.drop(o.key)
              pictures.take(o.files)
              setUnsent({ text: o.text })
            }}
          />
        )}
      />
      <Composer t={t} send={say} unsent={unsent} pictures={pictures} show={outbox.post} />
      <footer className="dim small foot">{t.disclosure}</footer>
      {pictures.over && (
        <div className="dropzone" aria-hidden>
          <IconPhotoPlus size={28} stroke={1.6} /> {t.pictures.drop}
        </div>
      )}
    </section>
  )
}

// Taping says whether the call is recorded, and is the switch that stops it.
function Taping({ t, on, stop }: { t: Catalog; on: boolean; stop: () => void }) {
  return (
    <Button
      size="compact-sm" variant={on ? 'light' : 'subtle'} color={on ? 'red' : 'gray'} disabled={!on} onClick={stop} title={on ? t.stopRecording : undefined}
      leftSection={<IconPlayerRecordFilled size={12} aria-hidden />} aria-label={on ? `${t.recording}. ${t.stopRecording}` : t.notRecording}
    >
      {on ? t.recording : t.notRecording}
    </Button>
  )
}

// useClock is how long ago something began, as m:ss; '' when nothing has.
function useClock(since: number): string {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    if (!since) return
    setNow(Date.now())
    const timer = setInterval(() => setNow(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [since])
  if (!since) return ''
  const s = Math.max(0, Math.floor((now - since) / 1000))
  return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, '0')}`
}
