import { Tooltip } from '@mantine/core'
import { shown, type Statistic } from '../core/insight'
import { useHere } from './context'

// Statistics are a report's figures: each with its definition, and what it was before. A click
// opens the conversations behind it.
export function Statistics({ list }: { list: Statistic[] }) {
  const { t, locale, open } = useHere()
  return (
    <section className="stats">
      {list.map((f) => {
        const name = t.figure[f.name] ?? f.name
        const path = f.conversations
        return (
          <Tooltip key={f.name + (f.currency ?? '')} label={f.definition[locale]} multiline w={320} withArrow openDelay={200} events={{ hover: true, focus: true, touch: true }} position="bottom">
            <button type="button" className="stat" aria-disabled={!path} onClick={path ? () => open(name, path) : undefined}>
              <span className="figname">{name}</span>
              <span className="statvalue">{shown(f.value, f.unit, locale, f.currency)}</span>
              <span className="dim small statnote">
                {[f.of !== undefined && f.value !== null && t.of(f.of.toLocaleString(locale)), f.before && t.before(shown(f.before, f.unit, locale, f.currency))].filter(Boolean).join(' · ')}
              </span>
            </button>
          </Tooltip>
        )
      })}
    </section>
  )
}
