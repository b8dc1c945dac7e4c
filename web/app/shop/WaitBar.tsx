import { Tooltip } from '@mantine/core'
import type { Catalog } from '../core/catalog'
import type { Measured } from '../core/events'

const stages = ['endpoint', 'asr', 'retrieve', 'llm', 'tts', 'playout'] as const

// WaitBar shows where the time of one wait went. Two seconds fill it.
export function WaitBar({ t, wait }: { t: Catalog; wait: Measured }) {
  const parts = stages.map((s) => ({ stage: s, ms: wait[`${s}_ms`] }))
  const words = parts.filter((p) => p.ms > 0).map((p) => `${t.stages[p.stage]} ${p.ms} ms`)
  if (wait.draft) words.push(t.draft)
  return (
    <Tooltip label={words.join(' · ')} multiline maw={320}>
      <div className="wait" role="img" aria-label={`${t.wait} ${wait.total_ms} ms: ${words.join(', ')}`} tabIndex={0}>
        <div className="stages">
          {parts.map((p) => (
            <span key={p.stage} className={`stage ${p.stage}`} style={{ flexBasis: `${Math.min(100, p.ms / 20)}%` }} />
          ))}
        </div>
        <span className="small dim ms">{(wait.total_ms / 1000).toFixed(2)} s</span>
      </div>
    </Tooltip>
  )
}
