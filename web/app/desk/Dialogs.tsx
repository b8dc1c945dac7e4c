import { Button, Group, Modal, SegmentedControl, Select, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { desk, type Person, type Queue } from '../core/desk'
import { whyNot } from '../core/trouble'
import { useDeskHere } from './context'

type How = 'consult' | 'warm' | 'blind'
const hows: How[] = ['consult', 'warm', 'blind']

interface HandProps { id: string; me: string; queues: Queue[]; agents: Person[]; calling: boolean; phones: boolean; first: How; close: () => void; done: (failed: boolean) => void }

// HandDialog hands a conversation on, or asks somebody first: a queue, a colleague, or in a call
// a phone outside.
export function HandDialog({ id, me, queues, agents, calling, phones, first, close, done }: HandProps) {
  const { t } = useDeskHere()
  const [to, setTo] = useState<string | null>(null)
  const [number, setNumber] = useState('')
  const [how, setHow] = useState<How>(first)
  const [why, setWhy] = useState('')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState('')
  const others = agents.filter((a) => a.id !== me && a.status !== 'offline')
  const data = [
    { group: t.toQueue, items: queues.map((q) => ({ value: `q:${q.name}`, label: q.name })) },
    { group: t.toAgent, items: others.map((a) => ({ value: `a:${a.id}`, label: `${a.name || a.id} · ${t.status[a.status]}` })) },
    { group: t.toPhone, items: phones ? [{ value: 'p:', label: t.toPhone }] : [] },
  ].filter((g) => g.items.length > 0)
  const phone = to === 'p:'
  const ready = phone ? number.trim() !== '' : to !== null
  return (
    <Modal opened onClose={close} title={how === 'consult' && calling ? t.audio.consult : t.handTitle} centered closeButtonProps={{ 'aria-label': t.cancel }}>
      <form
        className="dialog"
        onSubmit={(e) => {
          e.preventDefault()
          if (!to || !ready) return
          setBusy(true)
          desk.handOn(id, phone ? { phone: number } : to.startsWith('q:') ? { queue: to.slice(2) } : { agent: to.slice(2) }, why, calling ? how : 'warm').then(
            (r) => done(r.state === 'failed'),
            (err: unknown) => {
              setBusy(false)
              setError(whyNot(err, t))
            },
          )
        }}
      >
        {calling && (
          <div>
            <SegmentedControl fullWidth aria-label={t.how} value={how} onChange={(v) => setHow(v as How)} data={hows.map((v) => ({ value: v, label: t.hows[v] }))} />
            <p className="dim small howmore">{t.howMore[how]}</p>
          </div>
        )}
        <Select label={t.toWhom} allowDeselect={false} data={data} value={to} onChange={setTo} searchable data-autofocus comboboxProps={{ withinPortal: true }} />
        {phone && <TextInput label={t.number} description={t.numberHint} type="tel" autoComplete="off" value={number} onChange={(e) => setNumber(e.currentTarget.value)} maxLength={40} />}
        {others.length === 0 && <p className="dim small">{t.nobodyThere}</p>}
        <Textarea label={t.why} value={why} onChange={(e) => setWhy(e.currentTarget.value)} maxLength={2000} autosize minRows={2} />
        {error && <p className="bad" role="alert">{error}</p>}
        <Group justify="flex-end" gap={8}>
          <Button variant="default" onClick={close}>{t.cancel}</Button>
          <Button type="submit" loading={busy} disabled={!ready}>{how === 'consult' && calling ? t.ask : t.handOn}</Button>
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
