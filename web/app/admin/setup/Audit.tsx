import { Button, NativeSelect } from '@mantine/core'
import { IconClipboardList, IconDownload } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { admin, type Deed } from '../../core/admin'
import { useHere, when } from '../context'
import { Empty, Failed, Show } from '../ui/State'
import { useLoad } from '../useLoad'

export function Audit() {
  const { t } = useHere()
  const [what, setWhat] = useState('')
  const first = useLoad(() => admin.audit(what, ''), [what])
  const [more, setMore] = useState<{ items: Deed[]; next: string; error?: unknown }>()
  useEffect(() => setMore(undefined), [first.data])
  const next = more ? more.next : String(first.data?.next ?? '')
  const load = async () => {
    try {
      const l = await admin.audit(what, next)
      setMore({ items: [...(more?.items ?? []), ...l.items], next: String(l.next ?? '') })
    } catch (error) {
      setMore({ items: more?.items ?? [], next, error })
    }
  }
  const csv = async () => {
    const r = await fetch(`/v1/audit?limit=1000&what=${encodeURIComponent(what)}`, { headers: { Accept: 'text/csv' } })
    if (!r.ok) return
    const a = document.createElement('a')
    a.href = URL.createObjectURL(await r.blob())
    a.download = 'audit.csv'
    a.click()
    URL.revokeObjectURL(a.href)
  }
  return (
    <>
      <div className="toolbar">
        <NativeSelect aria-label={t.audit.filter} data={[{ value: '', label: t.audit.everything }, ...Object.entries(t.audit.kinds).map(([value, label]) => ({ value, label }))]} value={what} onChange={(e) => setWhat(e.currentTarget.value)} />
        <Button variant="default" leftSection={<IconDownload size={16} aria-hidden />} onClick={() => void csv()}>
          {t.audit.csv}
        </Button>
      </div>
      <Show of={first} rows={10}>
        {(l) => (l.items.length === 0 ? <Empty icon={<IconClipboardList size={28} />} title={t.audit.empty} /> : <Table deeds={[...l.items, ...(more?.items ?? [])]} />)}
      </Show>
      {more?.error !== undefined && <Failed error={more.error} retry={() => void load()} />}
      {next && (
        <Button variant="default" mt={12} onClick={() => void load()}>
          {t.more}
        </Button>
      )}
    </>
  )
}

function Table({ deeds }: { deeds: Deed[] }) {
  const { t, locale } = useHere()
  return (
    <div className="card tablecard">
      <table className="table">
        <thead>
          <tr>
            <th>{t.audit.when}</th>
            <th>{t.audit.who}</th>
            <th>{t.audit.what}</th>
            <th className="wide">{t.audit.details}</th>
            <th className="wide">{t.audit.from}</th>
          </tr>
        </thead>
        <tbody>
          {deeds.map((d) => (
            <tr key={d.id}>
              <td className="dim nowrap num left">{when(d.at, locale)}</td>
              <td>{d.name || d.who || t.audit.system}</td>
              <td>
                <code>{d.what}</code>
              </td>
              <td className="dim wide small details">{details(d.data)}</td>
              <td className="dim wide small">{d.from}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function details(data: Record<string, unknown> | undefined): string {
  return Object.entries(data ?? {}).map(([k, v]) => `${k}: ${typeof v === 'object' ? JSON.stringify(v) : String(v)}`).join(' · ')
}
