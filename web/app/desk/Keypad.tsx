import { ActionIcon, Popover, SegmentedControl } from '@mantine/core'
import { IconDialpad } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import type { KeysTo } from '../core/callbar'
import { desk } from '../core/desk'
import { whyNot } from '../core/trouble'
import { useDeskHere } from './context'

const keys = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#']
const most = 24 // of what was pressed is shown

// Keypad presses keys for a phone in the call, in the order in which they are pressed here.
export function Keypad({ call, to }: { call: string; to: KeysTo[] }) {
  const { t, tell } = useDeskHere()
  const [open, setOpen] = useState(false)
  const [pressed, setPressed] = useState('')
  const [wanted, setWanted] = useState<KeysTo>()
  const line = useRef(Promise.resolve())
  const at = wanted && to.includes(wanted) ? wanted : to[0]
  useEffect(() => setPressed(''), [call, at])
  if (!at) return null
  const press = (key: string) => {
    setPressed((x) => (x + key).slice(-most))
    line.current = line.current.then(() => desk.press(call, key, at)).catch((err: unknown) => tell(whyNot(err, t), true))
  }
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" shadow="md" width={236} trapFocus returnFocus>
      <Popover.Target>
        <ActionIcon variant="default" size={30} aria-label={t.audio.keypad} title={t.audio.keypad} onClick={() => setOpen(!open)}>
          <IconDialpad size={17} />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown
        aria-label={t.audio.keypad}
        onKeyDown={(e) => {
          if (!keys.includes(e.key) || e.ctrlKey || e.metaKey || e.altKey) return
          e.preventDefault()
          press(e.key)
        }}
      >
        <div className="keypad">
          {to.length > 1 ? (
            <SegmentedControl fullWidth size="xs" aria-label={t.audio.keypad} value={at} onChange={(v) => setWanted(v as KeysTo)} data={to.map((v) => ({ value: v, label: t.audio.keysTo[v] }))} orientation="vertical" />
          ) : (
            <span className="small dim">{t.audio.keysTo[at]}</span>
          )}
          <output className="num pressed" aria-label={t.audio.pressed}>
            {pressed}
          </output>
          <div className="keygrid">
            {keys.map((k) => (
              <button key={k} type="button" className="key" aria-label={t.audio.key[k] ?? k} onClick={() => press(k)}>
                {k}
              </button>
            ))}
          </div>
        </div>
      </Popover.Dropdown>
    </Popover>
  )
}
