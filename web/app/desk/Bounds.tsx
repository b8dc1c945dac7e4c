import { ActionIcon, Button, Group, Menu, Modal } from '@mantine/core'
import { IconDots, IconHandStop, IconUserOff } from '@tabler/icons-react'
import { useState } from 'react'
import { useDeskHere } from './context'

// Bounds is what an agent can do about abuse: warn, and leave.
export function Bounds({ warn, release }: { warn: () => void; release: () => void }) {
  const { t } = useDeskHere()
  const [asking, setAsking] = useState(false)
  return (
    <>
      <Menu position="bottom-end" shadow="md">
        <Menu.Target>
          <ActionIcon variant="default" size={26} aria-label={t.bounds.menu}>
            <IconDots size={16} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconHandStop size={15} aria-hidden />} onClick={warn}>
            {t.bounds.warn}
          </Menu.Item>
          <Menu.Item leftSection={<IconUserOff size={15} aria-hidden />} color="red" onClick={() => setAsking(true)}>
            {t.bounds.release}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Modal opened={asking} onClose={() => setAsking(false)} title={t.bounds.releaseTitle} centered closeButtonProps={{ 'aria-label': t.cancel }}>
        <div className="dialog">
          <p>{t.bounds.releaseLead}</p>
          <Group justify="flex-end" gap={8}>
            <Button variant="default" data-autofocus onClick={() => setAsking(false)}>
              {t.cancel}
            </Button>
            <Button
              color="red"
              onClick={() => {
                setAsking(false)
                release()
              }}
            >
              {t.bounds.releaseDo}
            </Button>
          </Group>
        </div>
      </Modal>
    </>
  )
}
