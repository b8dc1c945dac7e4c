import { Button, Skeleton } from '@mantine/core'
import { IconAlertTriangle, IconLock, IconPlugConnectedX } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { ApiError } from '../../core/api'
import { useHere } from '../context'
import type { Loaded } from '../useLoad'

// Show is what was loaded, or why it is not there yet.
export function Show<T>({ of, rows = 6, children }: { of: Loaded<T>; rows?: number; children: (data: T) => ReactNode }) {
  const { t } = useHere()
  if (of.error !== undefined && of.data === undefined) return <Failed error={of.error} retry={of.reload} />
  if (of.data === undefined) {
    return (
      <div role="status" aria-label={t.loading} className="skeletons">
        {Array.from({ length: rows }, (_, i) => (
          <Skeleton key={i} height={36} radius="sm" />
        ))}
      </div>
    )
  }
  return (
    <>
      {of.error !== undefined && <Failed error={of.error} retry={of.reload} />}
      {children(of.data)}
    </>
  )
}

// Failed says what is wrong in words, and gives a way on.
export function Failed({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useHere()
  const down = error instanceof TypeError
  const barred = error instanceof ApiError && error.problem.status === 403
  const Icon = down ? IconPlugConnectedX : barred ? IconLock : IconAlertTriangle
  return (
    <div className="notice" role="alert">
      <Icon size={18} aria-hidden />
      <div>
        <strong>{down ? t.offline : barred ? t.noRight : t.failed}</strong>
        <div className="dim">{down ? t.offlineMore : barred ? t.noRightMore : error instanceof Error ? error.message : String(error)}</div>
      </div>
      {retry && !barred && (
        <Button size="compact-sm" variant="default" onClick={retry}>
          {t.retry}
        </Button>
      )}
    </div>
  )
}

export function Empty({ icon, title, text, children }: { icon: ReactNode; title: string; text?: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <span className="emptyicon" aria-hidden>
        {icon}
      </span>
      <strong>{title}</strong>
      {text && <p className="dim">{text}</p>}
      {children}
    </div>
  )
}

// why is an error in words, as it stands beside what was tried.
export function why(error: unknown, offline: string): string {
  if (error instanceof TypeError) return offline
  return error instanceof Error ? error.message : String(error)
}
