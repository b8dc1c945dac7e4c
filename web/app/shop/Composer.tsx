import { ActionIcon, Textarea } from '@mantine/core'
import { IconSend2 } from '@tabler/icons-react'
import { useState } from 'react'
import type { Catalog } from '../core/catalog'

// Composer is the line to write. What could not be sent stays in it.
export function Composer({ t, send }: { t: Catalog; send: (text: string) => Promise<void> }) {
  const [text, setText] = useState('')
  const [failed, setFailed] = useState('')
  const submit = async () => {
    const what = text.trim()
    if (!what) return
    setText('')
    setFailed('')
    try {
      await send(what)
    } catch (err) {
      setText((now) => now || what)
      setFailed(err instanceof Error ? err.message : String(err))
    }
  }
  return (
    <form
      className="composer"
      onSubmit={(e) => {
        e.preventDefault()
        void submit()
      }}
    >
      <Textarea
        autosize minRows={1} maxRows={4} value={text} placeholder={t.write} aria-label={t.write} error={failed || undefined} className="grow"
        onChange={(e) => setText(e.currentTarget.value)}
        onKeyDown={(e) => {
          if (e.key === 'Enter' && !e.shiftKey && !e.nativeEvent.isComposing) {
            e.preventDefault()
            void submit()
          }
        }}
      />
      <ActionIcon type="submit" size={36} aria-label={t.send} disabled={!text.trim()}>
        <IconSend2 size={18} />
      </ActionIcon>
    </form>
  )
}
