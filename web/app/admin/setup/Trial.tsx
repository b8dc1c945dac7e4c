import { Button, TextInput } from '@mantine/core'
import { IconFileMusic, IconMicrophone, IconPhoto, IconPlayerStopFilled } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { admin, type Engine, type EngineRole, type EngineTried } from '../../core/admin'
import { base64, speech } from '../../core/wav'
import { useHere } from '../context'
import { Pill } from '../ui/Pill'
import { why } from '../ui/State'

// Trial uses an engine once, as it stands in the form, before it is saved.
export function Trial({ role, engine }: { role: EngineRole; engine: Engine }) {
  const { t, locale } = useHere()
  const [text, setText] = useState(role === 'llm' ? t.engines.sampleAsk : t.engines.sampleSay)
  const [busy, setBusy] = useState(false)
  const [said, setSaid] = useState('')
  const [error, setError] = useState('')
  const [result, setResult] = useState<EngineTried>()
  const run = async (what: { text?: string; audio?: string; image?: string }) => {
    setBusy(true)
    setError('')
    setSaid('')
    setResult(undefined)
    try {
      setResult(await admin.tryEngine(role, engine, { language: locale, ...what }, (p) => setSaid((s) => s + p)))
    } catch (err) {
      setError(why(err, t.offline))
    }
    setBusy(false)
  }
  const labels = { llm: t.engines.tryModel, tts: t.engines.tryVoice, embed: t.engines.tryEmbed, asr: '', vision: '' }
  return (
    <div className="trial">
      {role === 'asr' ? (
        <Ears busy={busy} run={(audio) => void run({ audio })} fail={setError} />
      ) : role === 'vision' ? (
        <Eyes busy={busy} run={(image) => void run({ image })} fail={setError} />
      ) : (
        <form
          className="inlineform"
          onSubmit={(e) => {
            e.preventDefault()
            void run({ text })
          }}
        >
          <TextInput className="grow" label={labels[role]} value={text} onChange={(e) => setText(e.currentTarget.value)} maxLength={2000} />
          <Button type="submit" loading={busy} disabled={!text.trim()}>
            {t.engines.tryIt}
          </Button>
        </form>
      )}
      <div aria-live="polite" className="outcome">
        {busy && !said && <span className="dim small">{t.engines.working}</span>}
        {error && <span className="bad small">{error}</span>}
        {said && !result && <p className="said">{said}</p>}
        {result && <Outcome r={result} role={role} />}
      </div>
    </div>
  )
}

function Outcome({ r, role }: { r: EngineTried; role: EngineRole }) {
  const { t } = useHere()
  return (
    <>
      <div className="docmeta small">
        <Pill kind={r.ok ? 'good' : 'bad'}>{r.ok ? t.engines.works : t.engines.fails}</Pill>
        {r.ok && r.first_ms ? (
          <span className="dim">
            {t.engines.first} {r.first_ms} ms
          </span>
        ) : null}
        <span className="dim">
          {r.ms} ms {t.engines.total}
        </span>
        {r.detail && <span className={r.ok ? 'dim' : 'bad'}>{r.detail}</span>}
      </div>
      {r.text && (
        <p className="said">
          {role === 'asr' && <span className="dim">{t.engines.heard}: </span>}
          {r.text}
        </p>
      )}
      {r.audio && <Sound wav={r.audio} />}
    </>
  )
}

function Sound({ wav }: { wav: string }) {
  const [url, setURL] = useState('')
  useEffect(() => {
    const bytes = Uint8Array.from(atob(wav), (c) => c.charCodeAt(0))
    const u = URL.createObjectURL(new Blob([bytes], { type: 'audio/wav' }))
    setURL(u)
    return () => URL.revokeObjectURL(u)
  }, [wav])
  return url ? <audio controls src={url} /> : null
}

function Ears({ busy, run, fail }: { busy: boolean; run: (audio: string) => void; fail: (text: string) => void }) {
  const { t } = useHere()
  const recorder = useRef<MediaRecorder>(undefined)
  const file = useRef<HTMLInputElement>(null)
  const [on, setOn] = useState(false)
  useEffect(() => () => recorder.current?.state === 'recording' ? recorder.current.stop() : undefined, [])
  const hear = async (sound: Blob) => {
    try {
      run(await speech(sound))
    } catch (err) {
      fail(err instanceof Error ? err.message : String(err))
    }
  }
  const start = async () => {
    fail('')
    if (!navigator.mediaDevices) return fail(t.engines.micBarred)
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true })
      const r = new MediaRecorder(stream)
      const parts: Blob[] = []
      r.ondataavailable = (e) => parts.push(e.data)
      r.onstop = () => {
        stream.getTracks().forEach((x) => x.stop())
        setOn(false)
        void hear(new Blob(parts, { type: r.mimeType }))
      }
      recorder.current = r
      r.start()
      setOn(true)
    } catch {
      fail(t.engines.noMic)
    }
  }
  return (
    <div>
      <div className="dim small">{t.engines.tryEars}</div>
      <div className="actions start">
        <Button variant="default" loading={busy} color={on ? 'red' : undefined} leftSection={on ? <IconPlayerStopFilled size={15} aria-hidden /> : <IconMicrophone size={16} aria-hidden />} onClick={() => (on ? recorder.current?.stop() : void start())}>
          {on ? t.engines.stop : t.engines.record}
        </Button>
        <input
          ref={file} type="file" accept="audio/*" hidden
          onChange={(e) => {
            const f = e.currentTarget.files?.[0]
            e.currentTarget.value = ''
            if (f) void hear(f)
          }}
        />
        <Button variant="default" disabled={busy || on} leftSection={<IconFileMusic size={16} aria-hidden />} onClick={() => file.current?.click()}>
          {t.engines.file2}
        </Button>
      </div>
    </div>
  )
}

const maxPicture = 8 << 20 // bytes: it goes as base64 in a request of 12 MB

function Eyes({ busy, run, fail }: { busy: boolean; run: (image: string) => void; fail: (text: string) => void }) {
  const { t } = useHere()
  const chooser = useRef<HTMLInputElement>(null)
  const [file, setFile] = useState<File>()
  const [src, setSrc] = useState('')
  useEffect(() => {
    if (!file) return
    const u = URL.createObjectURL(file)
    setSrc(u)
    return () => URL.revokeObjectURL(u)
  }, [file])
  const look = async (f: File) => {
    if (f.size > maxPicture) return fail(t.engines.tooLarge)
    setFile(f)
    run(base64(new Uint8Array(await f.arrayBuffer())))
  }
  return (
    <div>
      <div className="dim small">{t.engines.tryEyes}</div>
      <div className="actions start">
        <input
          ref={chooser} type="file" accept="image/*" hidden
          onChange={(e) => {
            const f = e.currentTarget.files?.[0]
            e.currentTarget.value = ''
            if (f) void look(f)
          }}
        />
        {src && <img className="tried" src={src} alt="" />}
        <Button variant="default" loading={busy} leftSection={<IconPhoto size={16} aria-hidden />} onClick={() => chooser.current?.click()}>
          {t.engines.picture}
        </Button>
      </div>
    </div>
  )
}
