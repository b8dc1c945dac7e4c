import { Button, Group, Modal, NativeSelect, TextInput } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { useState } from 'react'
import { admin, type Key, type Role } from '../../core/admin'
import { useHere } from '../context'
import { why } from '../ui/State'

const roles: Role[] = ['agent', 'supervisor', 'admin']
const lifetimes = ['90', '30', '365', ''] as const

// NewKey makes a key for a program, and shows it the one time that it is told.
export function NewKey({ close, made }: { close: () => void; made: () => void }) {
  const { t } = useHere()
  const [name, setName] = useState('')
  const [role, setRole] = useState<Role>('supervisor')
  const [days, setDays] = useState<(typeof lifetimes)[number]>('90')
  const [error, setError] = useState('')
  const [busy, setBusy] = useState(false)
  const [key, setKey] = useState<Key>()
  const [copied, setCopied] = useState(false)
  const submit = async () => {
    setBusy(true)
    setError('')
    try {
      setKey(await admin.addKey(name.trim(), role, days ? new Date(Date.now() + Number(days) * 86_400_000).toISOString() : undefined))
      made()
    } catch (err) {
      setError(why(err, t.offline))
    }
    setBusy(false)
  }
  if (key) {
    return (
      <Modal opened onClose={close} title={t.programs.tokenTitle} centered closeOnClickOutside={false} closeOnEscape={false} closeButtonProps={{ 'aria-label': t.close }}>
        <p className="dim">{t.programs.tokenMore}</p>
        <div className="inlineform" style={{ marginTop: 12 }}>
          <TextInput className="grow mono" label={key.name} value={key.token} readOnly onFocus={(e) => e.currentTarget.select()} data-autofocus />
          <Button
            variant="default" leftSection={copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
            onClick={() => void navigator.clipboard?.writeText(key.token ?? '').then(() => setCopied(true), () => undefined)}
          >
            {copied ? t.programs.copied : t.copy}
          </Button>
        </div>
        <Group justify="flex-end" mt={16}>
          <Button onClick={close}>{t.close}</Button>
        </Group>
      </Modal>
    )
  }
  return (
    <Modal opened onClose={close} title={t.programs.addKey} centered closeButtonProps={{ 'aria-label': t.close }}>
      <form
        className="form"
        onSubmit={(e) => {
          e.preventDefault()
          void submit()
        }}
      >
        <TextInput label={t.programs.keyName} description={t.programs.keyNameHint} required withAsterisk={false} maxLength={100} value={name} onChange={(e) => setName(e.currentTarget.value)} data-autofocus autoComplete="off" />
        <div className="two">
          <NativeSelect label={t.programs.may} description={t.staff.can[role]} data={roles.map((r) => ({ value: r, label: t.staff.roles[r] }))} value={role} onChange={(e) => setRole(e.currentTarget.value as Role)} />
          <NativeSelect label={t.programs.expires} data={lifetimes.map((d) => ({ value: d, label: t.programs.lifetimes[d] }))} value={days} onChange={(e) => setDays(e.currentTarget.value as typeof days)} inputWrapperOrder={['label', 'input', 'description']} />
        </div>
        {error && (
          <p className="bad" role="alert">
            {error}
          </p>
        )}
        <Group justify="flex-end" gap={8}>
          <Button variant="default" onClick={close}>
            {t.cancel}
          </Button>
          <Button type="submit" loading={busy} disabled={!name.trim()}>
            {t.programs.make}
          </Button>
        </Group>
      </form>
    </Modal>
  )
}
