import { IconEar, IconHeadphones, IconMessage, IconPhone } from '@tabler/icons-react'
import { useRef, useState } from 'react'
import { place, type Live, type Placed } from '../core/wall'
import { since, tongue } from '../desk/context'
import { nameOf, useWallHere } from './context'
import type { Filter } from './Figures'
import { Spark } from './Spark'

const fits: Record<Filter, (r: Live) => boolean> = { all: () => true, waiting: (r) => !!r.waits_since, voice: (r) => !!r.call, chat: (r) => !r.call, risk: (r) => r.risk >= 30 }
const filters: Filter[] = ['all', 'waiting', 'voice', 'chat', 'risk']

interface Props { rows: Live[]; filter: Filter; setFilter: (f: Filter) => void; open: string; heard: string; pick: (id: string, listen: boolean) => void }

// Rows are the live conversations, the riskiest first. Nothing moves while the pointer or the
// focus is among them.
export function Rows({ rows, filter, setFilter, open, heard, pick }: Props) {
  const { t } = useWallHere()
  const [pointed, setPointed] = useState(false)
  const [focused, setFocused] = useState(false)
  const was = useRef<Placed[]>([])
  const held = pointed || focused
  const fit = rows.filter(fits[filter])
  const kept = useRef(filter)
  const placed = place(kept.current === filter ? was.current : [], fit, held && kept.current === filter)
  kept.current = filter
  was.current = placed
  return (
    <section className="lives" aria-label={t.conversations}>
      <header className="liveshead">
        <h2>{t.conversations}</h2>
        <span className="dim small">{held ? t.held : t.sorted}</span>
        <div className="filters" role="group" aria-label={t.conversations}>
          {filters.map((f) => (
            <button key={f} type="button" className="filter" aria-pressed={f === filter} onClick={() => setFilter(f)}>
              {t.filter[f]} <span className="num dim">{rows.filter(fits[f]).length}</span>
            </button>
          ))}
        </div>
      </header>
      <ul
        className="liverows" onPointerEnter={(e) => e.pointerType !== 'touch' && setPointed(true)} onPointerLeave={() => setPointed(false)}
        onFocus={() => setFocused(true)} onBlur={(e) => !e.currentTarget.contains(e.relatedTarget) && setFocused(false)}
      >
        {placed.map((p) => (
          <Row key={p.row.id} of={p} current={p.row.id === open} heard={!!p.row.call && p.row.call === heard} pick={pick} />
        ))}
      </ul>
      {placed.length === 0 && (
        <div className="nothing">
          <div>
            <strong>{rows.length === 0 ? t.none : t.noneFilter}</strong>
            {rows.length === 0 && <div>{t.noneMore}</div>}
          </div>
        </div>
      )}
    </section>
  )
}

export const grade = (risk: number) => (risk >= 70 ? 'high' : risk >= 30 ? 'some' : 'low')

function Row({ of: { row, gone }, current, heard, pick }: { of: Placed; current: boolean; heard: boolean; pick: Props['pick'] }) {
  const { t, locale, people, now } = useWallHere()
  const Icon = row.call ? IconPhone : IconMessage
  const name = row.name || t.visitor
  return (
    <li className={`live${gone ? ' gone' : ''}`} aria-current={current || undefined}>
      <button type="button" className="livemain" onClick={() => pick(row.id, false)} aria-label={`${name}: ${t.watch}`}>
        <span className={`risk ${grade(row.risk)}`}>
          <span className="sr">{t.risk} </span>
          {row.risk}
        </span>
        <span className="livewho">
          <span className="itemhead">
            <Icon size={15} aria-label={row.call ? t.call : t.chat} />
            <strong className="clip">{name}</strong>
            {row.practice && row.name !== 'Practice customer' && row.name !== '练习顾客' && <span className="pill draft">{t.practice}</span>}
            {gone && <span className="pill plainpill">{t.ended}</span>}
            {row.listeners && (
              <span className="earmark small dim nowrap" title={t.listenedBy(row.listeners.map((l) => nameOf(people, l.user)).join(', '))}>
                <IconEar size={14} aria-hidden />
                <span className="sr">{t.listenedBy(row.listeners.map((l) => nameOf(people, l.user)).join(', '))}</span>
                <span aria-hidden>{row.listeners.length}</span>
              </span>
            )}
            <span className="livetongue dim small nowrap">{tongue(row.language, locale)}</span>
          </span>
          <span className="clip dim">{row.last ? `${t.said[row.last.from] ?? ''}: ${row.last.text}` : ' '}</span>
        </span>
        <span className="livewhy">
          {row.reasons.slice(0, 2).map((r) => (
            <span key={r.why} className="reasonmark">
              {t.why[r.why](r.value)}
            </span>
          ))}
        </span>
        <span className="liveheld">
          {row.waits_since ? (
            <span className="late nowrap">
              {t.queue} {since(now - Date.parse(row.waits_since))}
            </span>
          ) : (
            <span className="clip">{row.holder === 'agent' ? nameOf(people, row.agent) : row.holder === 'queue' ? t.queue : t.bot}</span>
          )}
          <span className="dim small num">{since(now - Date.parse(row.began))}</span>
        </span>
        <Spark points={row.spark} label={t.riskOver} />
      </button>
      {row.call && !gone ? (
        <button type="button" className={heard ? 'hear on' : 'hear'} aria-pressed={heard} aria-label={`${t.listen}: ${name}`} title={t.listen} onClick={() => pick(row.id, true)}>
          <IconHeadphones size={18} aria-hidden />
        </button>
      ) : (
        <span className="hear" />
      )}
    </li>
  )
}
