import { Button } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { insight, span, type Name, type Row } from '../core/insight'
import { useHere } from './context'

// Panel is a chart or a table with its name, and its numbers as a file.
export function Panel({ title, report, table, wide, note, children }: { title: string; report: Name; table?: string; wide?: boolean; note?: React.ReactNode; children: React.ReactNode }) {
  const { t, q } = useHere()
  const save = async () => {
    const blob = await insight.table(`/v1/reports/${report}?${q(table ? { table } : {})}`)
    const a = document.createElement('a')
    a.href = URL.createObjectURL(blob)
    a.download = `${report}-${table ?? 'figures'}.csv`
    a.click()
    URL.revokeObjectURL(a.href)
  }
  return (
    <section className={wide ? 'panel wide' : 'panel'} aria-label={title}>
      <div className="panelhead">
        <h2>{title}</h2>
        {note}
        <Button variant="subtle" color="gray" size="compact-xs" className="csv" leftSection={<IconDownload size={14} aria-hidden />} aria-label={t.csvOf(title)} onClick={() => void save().catch(() => undefined)}>
          {t.csv}
        </Button>
      </div>
      {children}
    </section>
  )
}

// Table shows some columns of rows.
export function Table({ rows, columns, pick, name }: { rows: Row[]; columns: string[]; pick?: (r: Row) => void; name?: (r: Row, column: string) => string | undefined }) {
  const { t, locale } = useHere()
  const cell = (r: Row, c: string) => {
    const own = name?.(r, c)
    const v = r[c]
    if (own !== undefined) return own
    if (v === null || v === undefined || v === '') return '–'
    if (typeof v === 'string') return t.value[v] ?? v
    return c.endsWith('_ms') || /^p\d\d$/.test(c) ? span(v, locale) : v.toLocaleString(locale)
  }
  const numeric = (c: string) => rows.some((r) => typeof r[c] === 'number')
  return (
    <div className="tablewrap">
      <table className="grid">
        <thead>
          <tr>
            {columns.map((c) => (
              <th key={c} scope="col" className={numeric(c) ? 'num' : undefined}>
                {t.col[c] ?? c}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((r, i) => (
            <tr key={i}>
              {columns.map((c, k) => (
                <td key={c} className={numeric(c) ? 'num' : undefined}>
                  {k === 0 && pick ? (
                    <button type="button" className="cellopen" onClick={() => pick(r)}>
                      {cell(r, c)}
                    </button>
                  ) : (
                    cell(r, c)
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
