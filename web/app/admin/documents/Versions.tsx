import { Button } from '@mantine/core'
import { IconHistory } from '@tabler/icons-react'
import { useState } from 'react'
import { admin, type FullDoc, type Version } from '../../core/admin'
import { may, useHere, when } from '../context'
import { Pill } from '../ui/Pill'
import { Empty, Show, why } from '../ui/State'
import { useLoad } from '../useLoad'
import { SideBySide } from './Changes'

export function Versions({ doc, reload }: { doc: FullDoc; reload: () => void }) {
  const { t, me, locale, tell } = useHere()
  const list = useLoad<Version[]>(() => admin.versions(doc.id), [doc.id, doc.version])
  const [compared, setCompared] = useState(0)
  const [busy, setBusy] = useState(0)
  const [error, setError] = useState('')
  const restore = async (n: number) => {
    setBusy(n)
    setError('')
    try {
      await admin.restore(doc.id, n)
      tell(t.docs.restored)
      reload()
    } catch (err) {
      setError(why(err, t.offline))
    }
    setBusy(0)
  }
  return (
    <Show of={list}>
      {(vs) =>
        vs.length === 0 ? (
          <Empty icon={<IconHistory size={28} />} title={t.docs.noVersions} />
        ) : (
          <>
            {error && (
              <p className="bad" role="alert">
                {error}
              </p>
            )}
            <ul className="card rows">
              {vs.map((v) => (
                <li key={v.version}>
                  <div className="grow">
                    <span className="strong">
                      {t.docs.versionOf} {v.version}
                    </span>{' '}
                    {v.current && <Pill kind="good">{t.docs.current}</Pill>}
                    <div className="dim small">
                      {when(v.at, locale)} · {v.bytes} {t.docs.bytes}
                    </div>
                  </div>
                  {!v.current && (
                    <Button size="compact-sm" variant="subtle" color="gray" aria-expanded={compared === v.version} onClick={() => setCompared(compared === v.version ? 0 : v.version)}>
                      {t.docs.compare}
                    </Button>
                  )}
                  {!v.current && may(me, 'supervisor') && (
                    <Button size="compact-sm" variant="default" loading={busy === v.version} onClick={() => void restore(v.version)}>
                      {t.docs.restore}
                    </Button>
                  )}
                </li>
              ))}
            </ul>
            {compared > 0 && <Compared id={doc.id} from={compared} to={doc.version} />}
          </>
        )
      }
    </Show>
  )
}

function Compared({ id, from, to }: { id: string; from: number; to: number }) {
  const { t } = useHere()
  const lines = useLoad(() => admin.diff(id, from, to), [id, from, to])
  return <Show of={lines}>{(l) => <SideBySide lines={l} left={`${t.docs.versionOf} ${from}`} right={`${t.docs.versionOf} ${to} (${t.docs.current.toLowerCase()})`} />}</Show>
}
