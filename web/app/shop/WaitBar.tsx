import { HoverCard } from '@mantine/core'
import type { Catalog } from '../core/catalog'
import type { Measured } from '../core/events'

const stages = ['endpoint', 'asr', 'retrieve', 'llm', 'tts', 'playout'] as const

// WaitBar shows where the time of one wait went, with each stage named on demand.
// Two seconds fill it.
export function WaitBar({ t, wait }: { t: Catalog; wait: Measured }) {
  const parts = stages.map((s) => ({ stage: s, ms: wait[`${s}_ms`] }))
  const words = parts.filter((p) => p.ms > 0).map((p) => `${t.stages[p.stage]} ${p.ms} ms`)
  const seconds = `${(wait.total_ms / 1000).toFixed(2)} s`
  if (wait.draft) words.push(t.draft)
  return (
    <HoverCard position="bottom-start" shadow="md" withArrow openDelay={80}>
      <HoverCard.Target>
        <button type="button" className="wait" aria-label={`${seconds}. ${t.wait}: ${words.join(', ')}`}>
          <span className="stages">
            {parts.map((p) => (
              <span key={p.stage} className={`stage ${p.stage}`} style={{ flexBasis: `${Math.min(100, p.ms / 20)}%` }} />
            ))}
          </span>
          <span className="small dim ms">{seconds}</span>
        </button>
      </HoverCard.Target>
      <HoverCard.Dropdown>
        <table className="legend">
          <caption>{t.wait}</caption>
          <tbody>
            {parts.map((p) => (
              <tr key={p.stage}>
                <td>
                  <span className={`dot ${p.stage}`} />
                  {t.stages[p.stage]}
                </td>
                <td className="ms">{p.ms} ms</td>
              </tr>
            ))}
            <tr className="sum">
              <td>{wait.draft ? t.draft : ''}</td>
              <td className="ms">{wait.total_ms} ms</td>
            </tr>
          </tbody>
        </table>
      </HoverCard.Dropdown>
    </HoverCard>
  )
}
