import { Button, FileButton } from '@mantine/core'
import { IconDownload, IconShoppingBag, IconUpload } from '@tabler/icons-react'
import { useState } from 'react'
import { admin, ProductsRefused, type Products as List } from '../../core/admin'
import { tableOf, template } from '../../core/products'
import { may, useHere, when } from '../context'
import { Empty, Show, why } from '../ui/State'
import { useLoad } from '../useLoad'

function save(name: string, text: string) {
  const a = document.createElement('a')
  a.href = URL.createObjectURL(new Blob(['\ufeff', text], { type: 'text/csv' }))
  a.download = name
  a.click()
  URL.revokeObjectURL(a.href)
}

// Products is what the company sells: a list that is replaced whole.
export function Products() {
  const { t, me, tell, locale } = useHere()
  const list = useLoad(() => admin.products(), [])
  const [busy, setBusy] = useState(false)
  const [faults, setFaults] = useState<{ row: number; text: string }[]>([])
  const writes = may(me, 'supervisor')
  const put = async (f: File | null) => {
    if (!f) return
    setBusy(true)
    setFaults([])
    try {
      const now = await admin.putProducts(f)
      list.set(now)
      tell(t.products.changed(now.items.length))
    } catch (err) {
      setFaults(err instanceof ProductsRefused && err.problems.length > 0 ? err.problems : [{ row: 0, text: why(err, t.offline) }])
    }
    setBusy(false)
  }
  const choose = (label: string) =>
    writes && (
      <FileButton onChange={(f) => void put(f)} accept=".csv,.tsv,.txt,.json,text/csv,application/json">
        {(props) => (
          <Button {...props} loading={busy} leftSection={<IconUpload size={16} aria-hidden />}>
            {label}
          </Button>
        )}
      </FileButton>
    )
  const blank = (
    <Button variant="default" leftSection={<IconDownload size={16} aria-hidden />} onClick={() => save('products.csv', template)}>
      {t.products.template}
    </Button>
  )
  return (
    <>
      {faults.length > 0 && (
        <div className="notice badnotice" role="alert">
          <div>
            <strong>{t.products.refused}</strong>
            <ul className="plain">
              {faults.map((f, i) => (
                <li key={i}>
                  {t.products.row(f.row)}: {f.text}
                </li>
              ))}
            </ul>
          </div>
        </div>
      )}
      <Show of={list}>
        {(l: List) =>
          l.items.length === 0 ? (
            <Empty icon={<IconShoppingBag size={28} />} title={t.products.empty} text={t.products.emptyMore}>
              <div className="actions">
                {choose(t.products.first)}
                {blank}
              </div>
            </Empty>
          ) : (
            <>
              <div className="sectionhead">
                <div>
                  <p className="dim">{l.version === 0 ? t.products.demo : `${t.products.count(l.items.length)} · ${when(l.at, locale)}`}</p>
                  <p className="dim small">{t.products.howTo}</p>
                </div>
                <div className="actions">
                  <Button variant="default" leftSection={<IconDownload size={16} aria-hidden />} onClick={() => save('products.csv', tableOf(l.items))}>
                    {t.products.download}
                  </Button>
                  {choose(t.products.choose)}
                </div>
              </div>
              <div className="card tablecard" tabIndex={0} role="region" aria-label={t.nav.products}>
                <table className="table">
                  <thead>
                    <tr>
                      <th>{t.products.name}</th>
                      <th>{t.products.price}</th>
                      <th>{t.products.lang}</th>
                      <th className="wide">{t.products.category}</th>
                      <th className="wide">{t.products.for}</th>
                      <th className="wide">{t.products.with}</th>
                    </tr>
                  </thead>
                  <tbody>
                    {l.items.slice(0, 500).map((p) => (
                      <tr key={p.id + p.language}>
                        <td>
                          <div className="strong">{p.url ? <a href={p.url} target="_blank" rel="noreferrer">{p.name}</a> : p.name}</div>
                          <div className="dim small">{p.text}</div>
                        </td>
                        <td className="nowrap">{p.price}</td>
                        <td className="dim">{p.language}</td>
                        <td className="dim wide">{p.category}</td>
                        <td className="dim wide small">{(p.for ?? []).join(', ')}</td>
                        <td className="dim wide small">{(p.with ?? []).join(', ')}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
            </>
          )
        }
      </Show>
    </>
  )
}
