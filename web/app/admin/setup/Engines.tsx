import { Button } from '@mantine/core'
import { IconEar, IconEye, IconMessages, IconPlus, IconVector, IconVolume } from '@tabler/icons-react'
import { useState } from 'react'
import { admin, type Engine, type EngineRole, type Engines as All } from '../../core/admin'
import { useHere } from '../context'
import { Show, why } from '../ui/State'
import { useLoad } from '../useLoad'
import { EngineCard } from './EngineCard'

const roles: EngineRole[] = ['llm', 'asr', 'tts', 'vision', 'embed']
const icons = { llm: IconMessages, asr: IconEar, tts: IconVolume, vision: IconEye, embed: IconVector }
const builtIn = ['offline', 'sphinx', 'local', 'tesseract']

export function Engines() {
  const all = useLoad(() => admin.engines(), [])
  return (
    <Show of={all}>
      {(e) => (
        <div className="stack">
          {roles.map((r) => (
            <Role key={`${r} ${e.sources[r].source} ${e.sources[r].at ?? ''}`} role={r} all={e} changed={all.set} />
          ))}
        </div>
      )}
    </Show>
  )
}

function Role({ role, all, changed }: { role: EngineRole; all: All; changed: (e: All) => void }) {
  const { t, tell } = useHere()
  const before = all.roles[role]
  const [list, setList] = useState<Engine[]>(before)
  const [error, setError] = useState('')
  const [busy, setBusy] = useState(false)
  const kinds = all.kinds[role]
  const source = all.sources[role]
  const dirty = JSON.stringify(list) !== JSON.stringify(before)
  const Icon = icons[role]
  const act = async (run: () => Promise<All>) => {
    setBusy(true)
    setError('')
    try {
      changed(await run())
      tell(role === 'embed' ? t.engines.embedNote : t.engines.applied)
    } catch (err) {
      setError(why(err, t.offline))
    }
    setBusy(false)
  }
  const move = (i: number, by: number) => {
    const next = [...list]
    const [e] = next.splice(i, 1)
    if (e) next.splice(i + by, 0, e)
    setList(next)
  }
  return (
    <section className="card" aria-label={t.engines.roles[role]}>
      <div className="between pad rolehead">
        <Icon size={20} className="mark" aria-hidden />
        <div className="grow">
          <h2>{t.engines.roles[role]}</h2>
          <div className="dim small">{t.engines.about[role]}</div>
        </div>
        {kinds.length > 0 && <span className="dim small">{source.source === 'file' ? t.engines.file : t.engines.page}</span>}
      </div>
      {kinds.length === 0 ? (
        <p className="dim pad later">{t.engines.later}</p>
      ) : (
        <>
          {list.length === 0 && <p className="dim pad later">{t.engines.none}</p>}
          <ol className="rows plain">
            {list.map((e, i) => (
              <EngineCard
                key={e.id ?? `new ${i}`} role={role} kinds={kinds} engine={e} last={builtIn.includes(e.engine)} place={i} of={list.length}
                set={(x) => setList(list.map((y, j) => (j === i ? x : y)))} move={(by) => move(i, by)} remove={() => setList(list.filter((_, j) => j !== i))}
              />
            ))}
          </ol>
          {error && (
            <p className="bad pad" role="alert">
              {error}
            </p>
          )}
          <div className="rolefoot">
            <Button size="compact-md" variant="subtle" leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setList([{ engine: kinds.find((k) => k === 'openai') ?? kinds[0]! }, ...list])}>
              {t.engines.add}
            </Button>
            <div className="actions">
              {source.source === 'page' && !dirty && (
                <Button size="compact-md" variant="default" loading={busy} onClick={() => void act(() => admin.resetEngines(role))}>
                  {t.engines.backToFile}
                </Button>
              )}
              {dirty && (
                <>
                  <Button size="compact-md" variant="default" onClick={() => setList(before)}>
                    {t.cancel}
                  </Button>
                  <Button size="compact-md" loading={busy} onClick={() => void act(() => admin.putEngines(role, list))}>
                    {t.save}
                  </Button>
                </>
              )}
            </div>
          </div>
        </>
      )}
    </section>
  )
}
