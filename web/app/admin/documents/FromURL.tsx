import { Button, Group, Modal, TextInput } from '@mantine/core'
import { useState } from 'react'
import { admin } from '../../core/admin'
import { useHere } from '../context'
import { why } from '../ui/State'

export function FromURL({ close }: { close: () => void }) {
  const { t } = useHere()
  const [url, setURL] = useState('')
  const [error, setError] = useState('')
  const [busy, setBusy] = useState(false)
  const submit = async () => {
    setBusy(true)
    try {
      await admin.fetchURL(url.trim())
      close()
    } catch (err) {
      setError(why(err, t.offline))
      setBusy(false)
    }
  }
  return (
    <Modal opened onClose={close} title={t.docs.addURL} centered closeButtonProps={{ 'aria-label': t.close }}>
      <form
        onSubmit={(e) => {
          e.preventDefault()
          void submit()
        }}
      >
        <TextInput label={t.docs.url} description={t.docs.urlHint} placeholder="https://" type="url" required withAsterisk={false} value={url} error={error} onChange={(e) => setURL(e.currentTarget.value)} data-autofocus />
        <Group justify="flex-end" gap={8} mt={16}>
          <Button variant="default" onClick={close}>
            {t.cancel}
          </Button>
          <Button type="submit" loading={busy}>
            {t.docs.fetch}
          </Button>
        </Group>
      </form>
    </Modal>
  )
}
