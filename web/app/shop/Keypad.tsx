import { ActionIcon, Popover, Tooltip } from '@mantine/core'
import { IconDialpad } from '@tabler/icons-react'
import { useState } from 'react'
import type { Catalog } from '../core/catalog'

const keys = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#']

// Keypad sends keys into the call, by the mouse or by the keyboard while it is open.
export function Keypad({ t, press, disabled }: { t: Catalog; press: (key: string) => void; disabled: boolean }) {
  const [typed, setTyped] = useState('')
  const send = (key: string) => {
    press(key)
    setTyped((s) => (s + key).slice(-16))
  }
  return (
    <Popover position="bottom" withArrow trapFocus shadow="md" onClose={() => setTyped('')}>
      <Popover.Target>
        <Tooltip label={t.keypad}>
          <ActionIcon size="lg" variant="default" aria-label={t.keypad} disabled={disabled}>
            <IconDialpad size={18} />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown
        aria-label={t.keypad}
        onKeyDown={(e) => {
          if (keys.includes(e.key)) send(e.key)
        }}
      >
        <output className="typed" aria-live="polite">
          {typed || '\u00a0'}
        </output>
        <div className="keys">
          {keys.map((k) => (
            <button type="button" key={k} onClick={() => send(k)}>
              {k}
            </button>
          ))}
        </div>
      </Popover.Dropdown>
    </Popover>
  )
}
