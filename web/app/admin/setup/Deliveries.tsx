import { Button } from '@mantine/core'
import { useState } from 'react'
import { admin, type Delivery, type Hook } from '../../core/admin'
import { useHere, when } from '../context'
import { why } from '../ui/State'
import { useLoad } from '../useLoad'

// Deliveries is what the webhooks were not told of: given up, and still being tried.
export function Deliveries({ hooks, changed }: { hooks: Hook[]; changed: () => void }) {
  const { t } = useHere()
  return (
    <>
      <Table state="given_up" title={t.programs.lost} lead={t.programs.lostLead} hooks={hooks} changed={changed} />
      <Table state="retrying" title={t.programs.retrying} hooks={hooks} changed={changed} />
    </>
  )
}

function Table({ state, title, lead, hooks, changed }: { state: Delivery['state']; title: string; lead?: string; hooks: Hook[]; changed: () => void }) {
  const { t, locale, tell } = useHere()
  const list = useLoad(() => admin.deliveries(state), [state])
  const [more, setMore] = useState<{ items: Delivery[]; next: string }>()
  const [busy, setBusy] = useState('')
  const items = [...(list.data?.items ?? []), ...(more?.items ?? [])]
  const next = more ? more.next : String(list.data?.next ?? '')
  if (items.length === 0) return null
  const again = async (d: Delivery) => {
    setBusy(d.id)
    try {
      await admin.retryDelivery(d.id)
      tell(t.programs.sent)
      setMore(undefined)
      list.reload()
      changed()
    } catch (err) {
      tell(why(err, t.offline))
    }
    setBusy('')
  }
  return (
    <div className="below">
      <h3>{title}</h3>
      {lead && <p className="dim">{lead}</p>}
      <div className="card tablecard" tabIndex={0} role="region" aria-label={title}>
        <table className="table">
          <thead>
            <tr>
              <th>{t.programs.event}</th>
              <th>{t.programs.error}</th>
              <th className="num">{t.programs.attempts}</th>
              <th className="wide">{state === 'given_up' ? t.programs.since : t.programs.next}</th>
              <th>
                <span className="sr">{t.edit}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {items.map((d) => (
              <tr key={d.id}>
                <td>
                  <code>{d.type}</code>
                  <div className="dim small clip">{hooks.find((h) => h.id === d.webhook)?.url ?? d.webhook}</div>
                </td>
                <td className="dim small">{d.error}</td>
                <td className="num">{d.attempts}</td>
                <td className="dim wide nowrap">{when(state === 'given_up' ? d.created_at : (d.due_at ?? d.created_at), locale)}</td>
                <td>
                  <div className="actions">
                    <Button size="compact-sm" variant="default" loading={busy === d.id} onClick={() => void again(d)} aria-label={`${t.programs.again}: ${d.type} ${d.seq}`}>
                      {t.programs.again}
                    </Button>
                  </div>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {next && (
        <Button
          variant="default" mt={12}
          onClick={() =>
            void admin.deliveries(state, next).then(
              (l) => setMore({ items: [...(more?.items ?? []), ...l.items], next: String(l.next ?? '') }),
              (err: unknown) => tell(why(err, t.offline)),
            )
          }
        >
          {t.more}
        </Button>
      )}
    </div>
  )
}
