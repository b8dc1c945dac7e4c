import { Button, Group, Modal } from '@mantine/core'
import { useState } from 'react'
import { useHere } from '../context'
import { why } from './State'

interface Props {
  title: string
  text: string
  action: string
  what?: string
  close: () => void
  run: () => Promise<void>
}

// Confirm asks once before something that cannot be taken back.
export function Confirm({ title, text, action, what, close, run }: Props) {
  const { t } = useHere()
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState('')
  return (
    <Modal opened onClose={close} title={title} centered closeButtonProps={{ 'aria-label': t.close }}>
      {what && <p className="confirmwhat">{what}</p>}
      <p className="dim">{text}</p>
      {error && (
        <p className="bad" role="alert">
          {error}
        </p>
      )}
      <Group justify="flex-end" gap={8} mt={16}>
        <Button variant="default" onClick={close} data-autofocus>
          {t.cancel}
        </Button>
        <Button
          color="red" loading={busy} className="danger"
          onClick={() => {
            setBusy(true)
            run().then(close, (err: unknown) => {
              setBusy(false)
              setError(why(err, t.offline))
            })
          }}
        >
          {action}
        </Button>
      </Group>
    </Modal>
  )
}
