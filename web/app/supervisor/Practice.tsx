import { Button, Menu } from '@mantine/core'
import { IconMessage, IconPhone, IconUserPlus } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { wall } from '../core/wall'
import { useWallHere } from './context'

const languages = ['en', 'zh-CN'] as const

// Practice has a customer come who is none, where that can be had.
export function Practice({ begun }: { begun: (conversation: string) => void }) {
  const { t, run } = useWallHere()
  const [there, setThere] = useState(false)
  useEffect(() => {
    wall.capabilities().then((c) => setThere(c.practice ?? false), () => undefined)
  }, [])
  if (!there) return null
  const begin = (via: 'call' | 'chat', l: (typeof languages)[number]) => run(async () => begun((await wall.practice(via, l)).conversation), t.practiceTold)
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button size="compact-sm" className="practice" leftSection={<IconUserPlus size={16} aria-hidden />} aria-label={t.practiceMenu}>
          {t.practiceMenu}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {languages.map((l) => (
          <Menu.Item key={`call${l}`} leftSection={<IconPhone size={15} aria-hidden />} onClick={() => begin('call', l)}>
            {t.practiceCall(t.languages[l] ?? l)}
          </Menu.Item>
        ))}
        <Menu.Divider />
        {languages.map((l) => (
          <Menu.Item key={`chat${l}`} leftSection={<IconMessage size={15} aria-hidden />} onClick={() => begin('chat', l)}>
            {t.practiceChat(t.languages[l] ?? l)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
