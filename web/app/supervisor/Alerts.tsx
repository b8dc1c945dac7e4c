import { Button, Modal, SegmentedControl, Textarea } from '@mantine/core'
import { IconAlertTriangle, IconBellOff } from '@tabler/icons-react'
import { useState } from 'react'
import { wall, type Alert } from '../core/wall'
import { value } from '../core/wallwords'
import { clock } from '../desk/context'
import { useWallHere } from './context'

// Alerts say which figure has crossed what; one can be kept quiet, with a reason.
export function Alerts({ alerts }: { alerts: Alert[] }) {
  const { t, locale, run } = useWallHere()
  const [asked, setAsked] = useState<Alert>()
  if (alerts.length === 0) return null
  return (
    <>
      <ul className="alerts" aria-label={t.alerts} role="list">
        {alerts.map((a) => (
          <li key={a.figure} className={a.snooze ? 'alert hushed' : 'alert'}>
            {a.snooze ? <IconBellOff size={16} aria-hidden /> : <IconAlertTriangle size={16} aria-hidden />}
            <span className="grow">
              <strong>{t.alert(t.figure[a.figure], value(a.value, a.unit), a.below ?? false, value(a.limit, a.unit))}</strong>{' '}
              <span className="small">{a.snooze ? t.snoozed(clock(a.snooze.until, locale), a.snooze.by ?? '', a.snooze.reason) : `${t.since} ${clock(a.since, locale)}`}</span>
            </span>
            {a.snooze ? (
              <Button size="compact-xs" variant="default" onClick={() => run(() => wall.snooze(a.figure, 0, a.snooze?.reason ?? t.wake), t.done)}>
                {t.wake}
              </Button>
            ) : (
              <Button size="compact-xs" variant="default" onClick={() => setAsked(a)}>
                {t.snooze}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {asked && <Snoozing of={asked} close={() => setAsked(undefined)} />}
    </>
  )
}

function Snoozing({ of, close }: { of: Alert; close: () => void }) {
  const { t, run } = useWallHere()
  const [reason, setReason] = useState('')
  const [minutes, setMinutes] = useState('15')
  return (
    <Modal opened onClose={close} title={t.snoozeTitle} centered closeButtonProps={{ 'aria-label': t.cancel }}>
      <form
        className="dialog"
        onSubmit={(e) => {
          e.preventDefault()
          run(() => wall.snooze(of.figure, Number(minutes), reason), t.done)
          close()
        }}
      >
        <strong>{t.alert(t.figure[of.figure], value(of.value, of.unit), of.below ?? false, value(of.limit, of.unit))}</strong>
        <Textarea label={t.snoozeWhy} value={reason} onChange={(e) => setReason(e.currentTarget.value)} required withAsterisk={false} maxLength={500} autosize minRows={2} data-autofocus />
        <SegmentedControl aria-label={t.snoozeFor} value={minutes} onChange={setMinutes} data={[15, 60, 240].map((m) => ({ value: String(m), label: t.minutes(m) }))} />
        <div className="actions endwards">
          <Button variant="default" onClick={close}>
            {t.cancel}
          </Button>
          <Button type="submit" disabled={!reason.trim()}>
            {t.snooze}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
