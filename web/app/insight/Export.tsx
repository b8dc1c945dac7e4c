import { Button, NativeSelect, Popover, Progress, SegmentedControl } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { exported, fetchExport, type Exported, type Format } from '../core/exports'
import { useHere } from './context'

// Export takes what the reports count away as a file, and shows how much of it is there.
export function Export() {
  const { t, q, locale } = useHere()
  const [opened, setOpened] = useState(false)
  const [kind, setKind] = useState<Exported>('conversations')
  const [format, setFormat] = useState<Format>('csv')
  const [at, setAt] = useState<{ rows: number; of: number }>()
  const [told, setTold] = useState('')
  const running = useRef<AbortController>(undefined)
  useEffect(() => () => running.current?.abort(), [])
  const begin = async () => {
    const stop = new AbortController()
    running.current = stop
    setTold('')
    setAt({ rows: 0, of: 0 })
    try {
      const f = await fetchExport(kind, format, q(), (rows, of) => setAt({ rows, of }), stop.signal)
      const a = document.createElement('a')
      a.href = URL.createObjectURL(f.blob)
      a.download = f.name
      a.click()
      URL.revokeObjectURL(a.href)
      setTold(t.exportDone)
    } catch {
      setTold(stop.signal.aborted ? '' : t.exportFailed)
    }
    running.current = undefined
    setAt(undefined)
  }
  const count = (n: number) => n.toLocaleString(locale)
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" withArrow trapFocus shadow="md" width={300}>
      <Popover.Target>
        <Button size="xs" variant="default" leftSection={<IconDownload size={14} aria-hidden />} aria-expanded={opened} onClick={() => setOpened((o) => !o)}>
          {t.export}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <div className="exportform">
          <NativeSelect size="sm" label={t.exportWhat} value={kind} disabled={!!at} onChange={(e) => setKind(e.currentTarget.value as Exported)} data={exported.map((k) => ({ value: k, label: t.exported[k] ?? k }))} />
          <SegmentedControl size="sm" fullWidth aria-label={t.exportAs} value={format} disabled={!!at} onChange={(v) => setFormat(v as Format)} data={[{ value: 'csv', label: 'CSV' }, { value: 'jsonl', label: 'JSON Lines' }]} />
          {at ? (
            <Button variant="default" onClick={() => running.current?.abort()}>
              {t.exportStop}
            </Button>
          ) : (
            <Button onClick={() => void begin()}>{t.exportBegin}</Button>
          )}
          <Progress size="sm" aria-label={t.exportProgress} value={at ? (100 * at.rows) / Math.max(1, at.of) : 0} style={{ visibility: at ? 'visible' : 'hidden' }} />
          <span className="dim small exporttold" role="status">
            {at ? t.exportRows(count(at.rows), count(at.of)) : told || t.exportNote}
          </span>
        </div>
      </Popover.Dropdown>
    </Popover>
  )
}
