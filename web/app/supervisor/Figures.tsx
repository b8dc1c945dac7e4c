import { Tooltip } from '@mantine/core'
import type { Figure, WallView } from '../core/wall'
import { value } from '../core/wallwords'
import { useWallHere } from './context'

export type Filter = 'all' | 'waiting' | 'voice' | 'chat' | 'risk'

// leads are the figures that can be clicked to what they count.
const leads: Partial<Record<Figure['name'], Filter>> = { waiting: 'waiting', longest_wait: 'waiting', risk: 'risk' }

// Figures are today's, each with what it means.
export function Figures({ view, pick }: { view: WallView; pick: (f: Filter) => void }) {
  const { t, now } = useWallHere()
  const alerted = new Map(view.alerts.map((a) => [a.figure, a]))
  const age = Math.max(0, now - Date.parse(view.at))
  return (
    <section className="figures" aria-label={t.figures}>
      {view.figures.map((f) => {
        const alert = alerted.get(f.name)
        const lead = leads[f.name]
        const v = f.name === 'longest_wait' && f.value ? f.value + Math.min(age, 5000) : f.value
        return (
          <Definition key={f.name} of={f}>
            <button type="button" className={`figure${alert ? (alert.snooze ? ' hushed' : ' crossed') : ''}`} onClick={lead && (() => pick(lead))} aria-disabled={!lead}>
              <span className="figname">{t.figure[f.name]}</span>
              <span className="figvalue">{value(v, f.unit)}</span>
              <span className="fignote dim small">{f.value === null ? t.nothingYet : f.of ? t.of(f.of) : f.name === 'waiting' ? `${t.calls(view.calls)} · ${t.chats(view.chats)}` : ' '}</span>
            </button>
          </Definition>
        )
      })}
    </section>
  )
}

function Definition({ of, children }: { of: Figure; children: React.ReactElement }) {
  const { locale } = useWallHere()
  return (
    <Tooltip label={of.definition[locale]} multiline w={300} withArrow openDelay={200} events={{ hover: true, focus: true, touch: true }} position="bottom">
      {children}
    </Tooltip>
  )
}
