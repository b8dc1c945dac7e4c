import { IconArrowBackUp, IconDatabase, IconFlagCheck, IconHandStop, IconLock, IconMicrophone, IconPhone, IconPhoneOff, IconPlayerPlay, IconPlayerStop, IconUserCheck, IconUserQuestion } from '@tabler/icons-react'
import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import { picture } from '../core/api'
import { runTitle, type Run } from '../core/events'
import { spanOf } from '../core/playback'
import { entries, type Mark, type Timeline as Told } from '../core/timeline'
import type { Line } from '../core/transcript'
import { clock, useDeskHere } from './context'
import { useAnnounced } from './useAnnounced'
import { Rich } from './Rich'
import { usePlayer } from './usePlayer'

// Timeline is all that happened, oldest first. It stays at its end unless one has scrolled up.
// What was spoken is played here, or by play where there is a player.
export function Timeline({ told, name, play }: { told: Told; name: string; play?: (line: Line) => void }) {
  const { t, now } = useDeskHere()
  const box = useRef<HTMLDivElement>(null)
  const stuck = useRef(true)
  const all = entries(told)
  const player = usePlayer(told.transcript.calling)
  const typing = told.typing > 0 && now - told.typing < 6000
  useLayoutEffect(() => {
    if (stuck.current && box.current) box.current.scrollTop = box.current.scrollHeight
  }, [all.length, told.transcript, typing])
  const last = told.transcript.lines.at(-1)
  const region = useAnnounced(last?.from === 'customer' && !last.open ? `${name}: ${last.text}` : '')
  return (
    <div
      className="timeline" ref={box} tabIndex={0} role="log" aria-live="off" aria-label={name}
      onScroll={(e) => (stuck.current = e.currentTarget.scrollHeight - e.currentTarget.scrollTop - e.currentTarget.clientHeight < 40)}
    >
      <ol>
        {all.map((e) => ('line' in e ? <Said key={e.key} line={e.line} name={name} author={told.authors[e.key]} playing={player.playing === e.key} play={play ?? player.play} /> : <Happened key={e.key} mark={e.mark} />))}
        {told.transcript.partial && (
          <li className="said customer">
            <div className="bubble dim">{told.transcript.partial}…</div>
          </li>
        )}
      </ol>
      <div className="typing dim small">{typing && `${name} ${t.types}`}</div>
      <div ref={region} className="sr" role="status" aria-live="polite" />
    </div>
  )
}

interface SaidProps { line: Line; name: string; author?: string; playing: boolean; play: (line: Line) => void }

function Said({ line, name, author, playing, play }: SaidProps) {
  const { t, locale } = useDeskHere()
  const from = { customer: name, bot: t.bot, agent: author || t.agent, system: t.system }[line.from]
  const heard = spanOf(line)
  return (
    <li className={`said ${line.from}${playing ? ' playing' : ''}`}>
      <div className="saidhead dim small">
        <span>{from}</span>
        {heard && (
          <button type="button" className="via able" aria-pressed={playing} aria-label={`${playing ? t.audio.stop : t.audio.hear}: ${line.text}`} onClick={() => play(line)}>
            {playing ? <IconPlayerStop size={12} aria-hidden /> : <IconPlayerPlay size={12} aria-hidden />}
            {t.spoken}
          </button>
        )}
        {line.via === 'voice' && !heard && (
          <span className="via">
            <IconMicrophone size={12} aria-hidden />
            {t.spoken}
          </span>
        )}
        <time dateTime={line.at}>{clock(line.at, locale)}</time>
      </div>
      {line.images.length > 0 && (
        <div className="pictures">
          {line.images.map((i) => (
            <Picture key={i.url} url={i.url} shows={i.seen?.shows ?? i.seen?.text} />
          ))}
        </div>
      )}
      {(line.text || line.unheard) && (
        <div className="bubble">
          {heard && line.text ? (
            <span className="hear" title={playing ? t.audio.stop : t.audio.hear} onClick={() => getSelection()?.isCollapsed !== false && play(line)}>
              {line.text}
            </span>
          ) : (
            line.from === 'customer' ? line.text : <Rich text={line.text} />
          )}
          {line.unheard && <s> {line.unheard}</s>}
          {line.cut && <span className="dim small"> ({t.cut})</span>}
        </div>
      )}
      {line.shown && <div className="bubble">{line.shown}</div>}
      {line.citations.length > 0 && <div className="cites dim small">{line.citations.map((c) => c.title).join(' · ')}</div>}
    </li>
  )
}

// Picture is fetched with the session, and shown small; it opens whole.
function Picture({ url, shows }: { url: string; shows?: string }) {
  const { t } = useDeskHere()
  const [src, setSrc] = useState('')
  useEffect(() => {
    let made = ''
    let gone = false
    picture({ token: '' }, url, true).then(
      (b) => {
        if (gone) return
        made = URL.createObjectURL(b)
        setSrc(made)
      },
      () => undefined,
    )
    return () => {
      gone = true
      if (made) URL.revokeObjectURL(made)
    }
  }, [url])
  return (
    <a href={url} target="_blank" rel="noreferrer" className="picture" title={shows}>
      {src ? <img src={src} alt={shows || t.picture} /> : <span className="dim small">{t.picture}</span>}
    </a>
  )
}

function Happened({ mark }: { mark: Mark }) {
  const { t, locale } = useDeskHere()
  if (mark.kind === 'note') {
    return (
      <li className="said notemark">
        <div className="saidhead dim small">
          <IconLock size={12} aria-hidden />
          <span>
            {t.marks.private} · {mark.author}
          </span>
          <time dateTime={mark.at}>{clock(mark.at, locale)}</time>
        </div>
        <div className="bubble">{mark.text}</div>
      </li>
    )
  }
  if (mark.kind === 'tool') return <Ran run={mark.run} />
  const [Icon, words] = told(mark, t)
  return (
    <li className="happened dim small">
      <Icon size={14} aria-hidden />
      <span>{words}</span>
      <time dateTime={mark.at}>{clock(mark.at, locale)}</time>
    </li>
  )
}

// Ran is a use of a business system: one line, which opens to what was asked.
function Ran({ run }: { run: Run }) {
  const { t, locale } = useDeskHere()
  const args = Object.entries(run.args ?? {})
  const line = (
    <>
      <IconDatabase size={14} aria-hidden />
      <span>
        <b className={`run ${run.state}`}>{t.run[run.state === 'ok' && run.effect === 'read' ? 'read' : run.state] ?? run.state}</b> · {runTitle(run, locale)}
      </span>
      <span className="num">{run.ms < 1000 ? `${run.ms} ms` : `${(run.ms / 1000).toFixed(1)} s`}</span>
      <time dateTime={run.at}>{clock(run.at, locale)}</time>
    </>
  )
  if (args.length === 0) return <li className="happened dim small">{line}</li>
  return (
    <li className="ran dim small">
      <details>
        <summary className="happened">{line}</summary>
        <dl>
          {args.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{plain(value, t.run)}</dd>
            </div>
          ))}
        </dl>
      </details>
    </li>
  )
}

// plain is an argument as it is read; what the server has masked is said in the page's language.
function plain(v: unknown, t: Record<string, string>): string {
  if (v === '[hidden]') return `(${t.hidden})`
  if (v === '[card data]') return `(${t.card})`
  return typeof v === 'string' ? v : JSON.stringify(v)
}

function told(m: Exclude<Mark, { kind: 'note' | 'tool' }>, t: ReturnType<typeof useDeskHere>['t']): [typeof IconPhone, string] {
  if (m.kind === 'call') return m.up ? [IconPhone, t.marks.callUp] : [IconPhoneOff, t.marks.callDown]
  if (m.kind === 'held') return [IconFlagCheck, t.marks.closed]
  const why = m.reason ? ` (${t.ends[m.reason] ?? m.reason})` : ''
  switch (m.state) {
    case 'queued':
      return [IconUserQuestion, (m.from ? t.marks.asked : t.marks.queued) + (m.queue ? ` · ${m.queue}` : '') + why]
    case 'consulting':
    case 'conference':
    case 'completed':
      return [IconUserCheck, t.marks[m.state](m.name)]
    case 'returned':
      return [IconArrowBackUp, (m.from ? t.marks.stays : t.marks.returned) + why]
    default:
      return [IconHandStop, (m.state === 'abandoned' ? t.marks.abandoned : t.marks.failed) + why]
  }
}
