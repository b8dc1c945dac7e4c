import { IconArrowBackUp, IconCut, IconDatabase, IconGridDots, IconPhoto, IconPlayerRecord, IconUserCheck, IconUserQuestion } from '@tabler/icons-react'
import { memo, useEffect, useRef, useState } from 'react'
import type { PlayerWords } from '../core/playerwords'
import { runTitle } from '../core/events'
import { parts, type Entry, type Mark } from '../core/recorded'
import { since } from '../desk/context'

interface Props { t: PlayerWords; entries: Entry[]; name: string; now: string; hit: string; search: string; play: (e: Entry) => void; held: number }

// Words is the transcript in step with the sound. It follows until the reader scrolls; held
// counts the times that somebody chose a place, after which it follows again.
export function Words({ t, entries, name, now, hit, search, play, held }: Props) {
  const box = useRef<HTMLDivElement>(null)
  const ours = useRef(false)
  const [follows, setFollows] = useState(true)
  useEffect(() => setFollows(true), [held])
  const aim = (key: string) => {
    const b = box.current
    const row = b?.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`)
    if (!b || !row) return
    const top = Math.min(Math.max(0, row.offsetTop - (b.clientHeight - row.offsetHeight) / 2), b.scrollHeight - b.clientHeight)
    if (Math.abs(b.scrollTop - top) < 1) return
    ours.current = true
    b.scrollTop = top
  }
  useEffect(() => {
    if (follows && now) aim(now)
  }, [now, follows, held])
  useEffect(() => {
    if (!hit) return
    setFollows(false)
    aim(hit)
  }, [hit])
  return (
    <div className="words">
      <div
        className="wordbox" ref={box} tabIndex={0} role="group" aria-label={t.transcript}
        onScroll={() => {
          if (!ours.current) setFollows(false)
          ours.current = false
        }}
      >
        {entries.length === 0 && <p className="dim pad">{t.silent}</p>}
        <ol>
          {entries.map((e) => (
            <Row key={e.key} t={t} e={e} name={name} now={e.key === now} hit={e.key === hit} search={search} play={play} />
          ))}
        </ol>
      </div>
      {!follows && now && (
        <button type="button" className="follow" onClick={() => setFollows(true)}>
          {t.follow}
        </button>
      )}
    </div>
  )
}

const Row = memo(function Row({ t, e, name, now, hit, search, play }: { t: PlayerWords; e: Entry; name: string; now: boolean; hit: boolean; search: string; play: (e: Entry) => void }) {
  if (e.kind !== 'said') {
    const Icon = markIcon(e)
    return (
      <li data-key={e.key} className={`mark ${e.kind}${hit ? ' hit' : ''}`}>
        <button type="button" onClick={() => play(e)}>
          <span className="num dim">{since(e.from)}</span>
          <Icon size={14} aria-hidden />
          <span>
            <Searched text={markWords(e, t)} search={search} />
          </span>
        </button>
      </li>
    )
  }
  const who = e.party === 'customer' ? name : e.author || t.party[e.party]
  return (
    <li data-key={e.key} data-from={e.from} className={`word ${e.party}${now ? ' now' : ''}${hit ? ' hit' : ''}`}>
      <button type="button" aria-current={now || undefined} onClick={() => getSelection()?.isCollapsed !== false && play(e)}>
        <span className="num dim">{since(e.from)}</span>
        <span className="wordwho clip">{who}</span>
        <span className="wordtext">
          <Searched text={e.text} search={search} />
          {e.cut && '…'}
        </span>
      </button>
    </li>
  )
})

function Searched({ text, search }: { text: string; search: string }) {
  return parts(text, search).map((p, i) => (i % 2 ? <mark key={i}>{p}</mark> : p))
}

// markIcon and markWords are what a mark looks like and says.
export function markIcon(m: Mark): typeof IconCut {
  if (m.kind === 'transfer') return m.word === 'returned' ? IconArrowBackUp : m.word === 'completed' || m.word === 'conference' ? IconUserCheck : IconUserQuestion
  return { cut: IconCut, keypad: IconGridDots, recording: IconPlayerRecord, picture: IconPhoto, tool: IconDatabase }[m.kind]
}

export function markWords(m: Mark, t: PlayerWords): string {
  switch (m.kind) {
    case 'cut':
      return t.interrupted
    case 'keypad':
      return t.keyed(m.word)
    case 'recording':
      return t.recording[m.word] ?? m.word
    case 'picture':
      return t.picture + (m.word ? ` · ${m.word}` : '')
    case 'tool':
      return `${t.tool[m.word === 'ok' && m.run?.effect === 'read' ? 'read' : m.word] ?? m.word} · ${m.run ? runTitle(m.run, t.language) : m.name}`
    case 'transfer':
      return (t.transfer[m.word] ?? m.word) + (m.name ? ` · ${m.name}` : '')
  }
}
