// Charts as plain SVG: the page's own colours, a title for every mark, and nothing to load.
import type { Heat } from '../core/insight'

export interface Series { name: string; values: (number | null)[]; tone?: 'accent' | 'second' | 'bad' }

const width = 640
const height = 180
const left = 40
const bottom = 22

// nice is a round number at or above the largest value.
export function nice(v: number): number {
  if (v <= 0) return 1
  const p = 10 ** Math.floor(Math.log10(v))
  return [1, 2, 2.5, 5, 10].map((m) => m * p).find((m) => m >= v) ?? 10 * p
}

interface Plot { labels: string[]; series: Series[]; label: string; format: (v: number) => string; max?: number }

// Frame is the grid, and what stands below and beside it.
function Frame({ labels, top, format, label, children }: { labels: string[]; top: number; format: (v: number) => string; label: string; children: React.ReactNode }) {
  const step = Math.max(1, Math.ceil(labels.length / 7))
  const w = (width - left) / Math.max(labels.length, 1)
  return (
    <svg className="plot" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
      {[0, 0.5, 1].map((f) => {
        const y = 8 + (height - bottom - 8) * (1 - f)
        return (
          <g key={f}>
            <line className="gridline" x1={left} x2={width} y1={y} y2={y} />
            <text className="axis" x={left - 6} y={y + 4} textAnchor="end">
              {format(top * f)}
            </text>
          </g>
        )
      })}
      {labels.map((l, i) =>
        i % step === 0 ? (
          <text key={l} className="axis" x={left + w * (i + 0.5)} y={height - 4} textAnchor={i === 0 ? 'start' : 'middle'}>
            {l}
          </text>
        ) : null,
      )}
      {children}
    </svg>
  )
}

const up = (v: number, top: number) => 8 + (height - bottom - 8) * (1 - Math.min(v / top, 1))

// Bars are stacked, one for each label.
export function Bars({ labels, series, label, format }: Plot) {
  const sums = labels.map((_, i) => series.reduce((n, s) => n + (s.values[i] ?? 0), 0))
  const top = nice(Math.max(...sums, 1))
  const w = (width - left) / Math.max(labels.length, 1)
  return (
    <Frame labels={labels} top={top} format={format} label={label}>
      {labels.map((l, i) => {
        let base = 0
        return (
          <g key={l}>
            {series.map((s) => {
              const v = s.values[i] ?? 0
              const y = up(base + v, top)
              const h = up(base, top) - y
              base += v
              return <rect key={s.name} className={`fill ${s.tone ?? 'accent'}`} x={left + w * i + w * 0.14} width={w * 0.72} y={y} height={Math.max(h, 0)} rx={Math.min(2, w / 4)} />
            })}
            <rect className="hit" x={left + w * i} width={w} y={0} height={height - bottom}>
              <title>{`${l}\n${series.map((s) => `${s.name}: ${format(s.values[i] ?? 0)}`).join('\n')}`}</title>
            </rect>
          </g>
        )
      })}
    </Frame>
  )
}

// Lines are one for each series; where nothing is known they are cut.
export function Lines({ labels, series, label, format, max }: Plot) {
  const top = max ?? nice(Math.max(...series.flatMap((s) => s.values.map((v) => v ?? 0)), 1))
  const w = (width - left) / Math.max(labels.length, 1)
  const x = (i: number) => left + w * (i + 0.5)
  return (
    <Frame labels={labels} top={top} format={format} label={label}>
      {series.map((s) => {
        let pen = false
        const d = s.values.map((v, i) => {
          if (v === null) {
            pen = false
            return ''
          }
          const to = `${pen ? 'L' : 'M'}${x(i).toFixed(1)} ${up(v, top).toFixed(1)}`
          pen = true
          return to
        })
        return (
          <g key={s.name}>
            <path className={`stroke ${s.tone ?? 'accent'}`} d={d.join('')} />
            {s.values.map((v, i) => (v !== null && (s.values[i - 1] ?? null) === null && (s.values[i + 1] ?? null) === null ? <circle key={i} className={`fill ${s.tone ?? 'accent'}`} cx={x(i)} cy={up(v, top)} r={2.5} /> : null))}
          </g>
        )
      })}
      {labels.map((l, i) => (
        <rect key={l} className="hit" x={left + w * i} width={w} y={0} height={height - bottom}>
          <title>{`${l}\n${series.map((s) => `${s.name}: ${s.values[i] === null || s.values[i] === undefined ? '–' : format(s.values[i])}`).join('\n')}`}</title>
        </rect>
      ))}
    </Frame>
  )
}

export function Legend({ series }: { series: Series[] }) {
  return (
    <ul className="legend">
      {series.map((s) => (
        <li key={s.name}>
          <span className={`swatch ${s.tone ?? 'accent'}`} aria-hidden />
          {s.name}
        </li>
      ))}
    </ul>
  )
}

// HeatMap is a week by hours; a click opens what a cell counts.
export function HeatMap({ cells, weekdays, label, pick }: { cells: Heat[]; weekdays: string[]; label: string; pick: (weekday: number, hour: number) => void }) {
  const most = Math.max(...cells.map((c) => c.conversations), 1)
  return (
    <div className="heat" role="group" aria-label={label}>
      <span />
      {Array.from({ length: 24 }, (_, h) => (
        <span key={h} className="heathour dim">
          {h % 3 === 0 ? h : ''}
        </span>
      ))}
      {weekdays.map((name, d) => (
        <div key={name} className="heatrow">
          <span className="heatday dim">{name}</span>
          {cells.slice(d * 24, d * 24 + 24).map((c) => {
            const says = `${name} ${c.hour}:00 · ${c.conversations}`
            return <button key={c.hour} type="button" className="heatcell" style={{ '--heat': `${Math.round((100 * c.conversations) / most)}%` } as React.CSSProperties} title={says} aria-label={says} disabled={c.conversations === 0} onClick={() => pick(c.weekday, c.hour)} />
          })}
        </div>
      ))}
    </div>
  )
}

// Ranks are bars that lie, with their names and numbers; a click opens what one counts.
export function Ranks({ rows, pick }: { rows: { key: string; name: string; n: number; bad?: number; note?: string }[]; pick?: (key: string) => void }) {
  const most = Math.max(...rows.map((r) => r.n), 1)
  return (
    <ol className="ranks">
      {rows.map((r) => (
        <li key={r.key}>
          <button type="button" className="rank" onClick={pick && (() => pick(r.key))} disabled={!pick}>
            <span className="clip" title={r.name}>{r.name}</span>
            <span className="rankbar" aria-hidden>
              <span className="rankfill" style={{ width: `${(100 * r.n) / most}%` }} />
              {r.bad ? <span className="rankbad" style={{ width: `${(100 * r.bad) / most}%` }} /> : null}
            </span>
            <span className="num">{r.note ?? r.n.toLocaleString()}</span>
          </button>
        </li>
      ))}
    </ol>
  )
}
