import { Anchor, Popover } from '@mantine/core'
import { IconFileText, IconMicrophone, IconPlayerStopFilled } from '@tabler/icons-react'
import { useEffect, useRef, type ReactNode } from 'react'
import type { Catalog } from '../core/catalog'
import type { Citation } from '../core/events'
import type { Outgoing } from '../core/pictures'
import type { Line, Transcript } from '../core/transcript'
import { Sent, Understood } from './Sent'
import type { Load } from './usePicture'
import { WaitBar } from './WaitBar'

interface Props {
  t: Catalog
  transcript: Transcript
  hint: string
  load: Load
  waiting: Outgoing[] // messages on their way
  sending: (o: Outgoing) => ReactNode
}

// TranscriptView shows what was said, as it is said. It follows the newest line
// unless the reader has scrolled up.
export function TranscriptView({ t, transcript, hint, load, waiting, sending }: Props) {
  const box = useRef<HTMLDivElement>(null)
  const follow = useRef(true)
  useEffect(() => {
    if (follow.current && box.current) box.current.scrollTop = box.current.scrollHeight
  }, [transcript, waiting])
  const quiet = transcript.lines.length === 0 && !transcript.partial && waiting.length === 0
  return (
    <div
      ref={box} className="transcript" role="log" aria-live="polite" tabIndex={0}
      onScroll={(e) => {
        const b = e.currentTarget
        follow.current = b.scrollHeight - b.scrollTop - b.clientHeight < 40
      }}
    >
      {quiet && <p className="dim hint">{hint}</p>}
      {transcript.lines.map((l) => (
        <LineView key={l.key} t={t} line={l} load={load} />
      ))}
      {waiting.map(sending)}
      {transcript.partial && (
        <div className="line customer" aria-hidden>
          <div className="bubble partial">
            {transcript.partial} <span className="dim small">{t.listening}</span>
          </div>
        </div>
      )}
    </div>
  )
}

function LineView({ t, line, load }: { t: Catalog; line: Line; load: Load }) {
  const mine = line.from === 'customer'
  const pictured = line.images.length > 0
  return (
    <div className={`line ${mine ? 'customer' : line.from}`} data-key={line.key}>
      {pictured && (
        <>
          <Sent t={t} images={line.images} load={load} />
          <Understood t={t} images={line.images} />
        </>
      )}
      {(line.text || !pictured) && (
        <div className={`bubble ${line.open ? 'open' : ''}`}>
          {line.via === 'voice' && mine && <IconMicrophone size={13} className="via" aria-label={t.heardYou} />}
          <span>{line.text}</span>
          {line.unheard && (
            <del className="unheard" title={t.notHeard}>
              {line.unheard}
            </del>
          )}
          {line.cut && (
            <span className="cut small dim">
              <IconPlayerStopFilled size={11} aria-hidden /> {t.interrupted}
            </span>
          )}
          {line.shown && <div className="shown">{line.shown}</div>}
        </div>
      )}
      {line.citations.length > 0 && (
        <div className="sources">
          {line.citations.map((c) => (
            <Source key={c.passage} t={t} c={c} />
          ))}
        </div>
      )}
      {line.wait && <WaitBar t={t} wait={line.wait} />}
    </div>
  )
}

function Source({ t, c }: { t: Catalog; c: Citation }) {
  return (
    <Popover width={300} position="bottom-start" shadow="md" withArrow>
      <Popover.Target>
        <Anchor component="button" type="button" size="xs" className="source">
          <IconFileText size={13} aria-hidden /> {t.source}: {c.title}
        </Anchor>
      </Popover.Target>
      <Popover.Dropdown>
        <blockquote className="quote">{c.quote}</blockquote>
      </Popover.Dropdown>
    </Popover>
  )
}
