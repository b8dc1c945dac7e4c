import { Button, Group, Modal, Select, Textarea } from '@mantine/core'
import { useState } from 'react'
import { desk, type Person, type Queue } from '../core/desk'
import { whyNot } from '../core/trouble'
import { useDeskHere } from './context'

interface HandProps { id: string; me: string; queues: Queue[]; agents: Person[]; close: () => void; done: (failed: boolean) => void }

export function HandDialog({ id, me, queues, agents, close, done }: HandProps) {
  const { t } = useDeskHere()
  const [to, setTo] = useState<string | null>(null)
  const [why, setWhy] = useState('')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState('')
  const others = agents.filter((a) => a.id !== me && a.status !== 'offline')
  const data = [
    { group: t.toQueue, items: queues.map((q) => ({ value: `q:${q.name}`, label: q.name })) },
    { group: t.toAgent, items: others.map((a) => ({ value: `a:${a.id}`, label: `${a.name || a.id} · ${t.status[a.status]}` })) },
  ].filter((g) => g.items.length > 0)
  return (
    <Modal opened onClose={close} title={t.handTitle} centered closeButtonProps={{ 'aria-label': t.cancel }}>
      <form
        className="dialog"
        onSubmit={(e) => {
          e.preventDefault()
          if (!to) return
          setBusy(true)
          desk.handOn(id, to.startsWith('q:') ? { queue: to.slice(2) } : { agent: to.slice(2) }, why).then(
            (r) => done(r.state === 'failed'),
            (err: unknown) => {
              setBusy(false)
              setError(whyNot(err, t))
            },
          )
        }}
      >
        <Select label={t.handTitle} data={data} value={to} onChange={setTo} searchable data-autofocus comboboxProps={{ withinPortal: true }} />
        {others.length === 0 && <p className="dim small">{t.nobodyThere}</p>}
        <Textarea label={t.why} value={why} onChange={(e) => setWhy(e.currentTarget.value)} maxLength={2000} autosize minRows={2} />
        {error && <p className="bad" role="alert">{error}</p>}
        <Group justify="flex-end" gap={8}>
          <Button variant="default" onClick={close}>{t.cancel}</Button>
          <Button type="submit" loading={busy} disabled={!to}>{t.handOn}</Button>
        </Group>
      </form>
    </Modal>
  )
}

export function KeysDialog({ close }: { close: () => void }) {
  const { t } = useDeskHere()
  const shown: Record<string, string> = { slash: '/', help: '?', esc: 'Esc' }
  return (
    <Modal opened onClose={close} title={t.keys} centered closeButtonProps={{ 'aria-label': t.cancel }}>
      <p className="dim">{t.keysLead}</p>
      <dl className="keys">
        {Object.entries(t.key).map(([k, v]) => (
          <div key={k}>
            <dt>
              <kbd>{shown[k] ?? k.toUpperCase()}</kbd>
            </dt>
            <dd>{v}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  )
}
