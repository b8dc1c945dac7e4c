import { IconVector } from '@tabler/icons-react'
import { useEffect } from 'react'
import { admin } from '../../core/admin'
import { useHere } from '../context'
import { useLoad } from '../useLoad'

// Vectors tells how far the passages have their vectors; nothing while no engine is set.
export function Vectors() {
  const { t, locale } = useHere()
  const { data, reload } = useLoad(() => admin.knowledge(), [])
  const v = data?.vectors
  const busy = v && v.done + v.refused < v.passages
  useEffect(() => {
    if (!v) return
    const timer = setTimeout(reload, busy ? 2000 : 30000)
    return () => clearTimeout(timer)
  }, [v, busy, reload])
  if (!v) return null
  const n = (x: number) => x.toLocaleString(locale)
  return (
    <p className="dim small vectors" role="status">
      <IconVector size={14} aria-hidden /> {n(v.done)} {t.of} {n(v.passages)} {t.docs.vectors.found} ({v.model})
      {v.refused > 0 && `; ${n(v.refused)} ${t.docs.vectors.refused}`}
      {busy && !v.error && `; ${t.docs.vectors.rest}`}
      {(v.error || v.resting) && (
        <>
          {' '}
          <span className="bad">{t.docs.vectors.stalled}</span> {v.error && <span className="clip">{v.error}</span>}
        </>
      )}
    </p>
  )
}
