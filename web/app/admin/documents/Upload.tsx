import { CloseButton, Progress } from '@mantine/core'
import { useCallback, useRef, useState } from 'react'
import { upload } from '../../core/admin'
import { useHere } from '../context'
import { why } from '../ui/State'

interface Sending {
  id: number
  name: string
  share: number
  done: boolean
  error: string
}

// useUploads sends files one after another.
export function useUploads(done: () => void) {
  const { t } = useHere()
  const [list, setList] = useState<Sending[]>([])
  const queue = useRef(Promise.resolve())
  const next = useRef(0)
  const change = useCallback((id: number, part: Partial<Sending>) => setList((l) => l.map((s) => (s.id === id ? { ...s, ...part } : s))), [])
  const add = useCallback(
    (files: File[]) => {
      for (const f of files) {
        const id = next.current++
        setList((l) => [...l, { id, name: f.name, share: 0, done: false, error: '' }])
        queue.current = queue.current.then(async () => {
          try {
            await upload(f, (share) => change(id, { share }))
            change(id, { share: 1, done: true })
            setTimeout(() => setList((l) => l.filter((s) => s.id !== id)), 2500)
          } catch (err) {
            change(id, { error: why(err, t.offline) })
          }
          done()
        })
      }
    },
    [change, done, t.offline],
  )
  const drop = useCallback((id: number) => setList((l) => l.filter((s) => s.id !== id)), [])
  return { list, add, drop }
}

export function UploadList({ uploads }: { uploads: ReturnType<typeof useUploads> }) {
  const { t } = useHere()
  if (uploads.list.length === 0) return null
  return (
    <ul className="card uploads" aria-live="polite">
      {uploads.list.map((s) => (
        <li key={s.id}>
          <span className="clip">{s.name}</span>
          {s.error ? (
            <>
              <span className="bad small">{s.error}</span>
              <CloseButton size="sm" aria-label={t.close} onClick={() => uploads.drop(s.id)} />
            </>
          ) : (
            <>
              <Progress value={s.share * 100} className="grow" size="sm" aria-label={`${t.docs.uploading} ${s.name}`} />
              <span className="dim small num">{s.done ? t.docs.uploaded : `${Math.round(s.share * 100)} %`}</span>
            </>
          )}
        </li>
      ))}
    </ul>
  )
}
