import { ActionIcon, Textarea } from '@mantine/core'
import { IconSend2 } from '@tabler/icons-react'
import { useCallback, useEffect, useState } from 'react'
import type { Catalog } from '../core/catalog'
import { failureOf } from '../core/failure'

// Unsent is what was asked elsewhere on the page and did not reach the server.
export interface Unsent {
  text: string
  err: unknown
}

// Composer is the line to write. What could not be sent stays in it.
export function Composer({ t, send, unsent }: { t: Catalog; send: (text: string) => Promise<void>; unsent?: Unsent }) {
  const [text, setText] = useState('')
  const [failed, setFailed] = useState<unknown>()
  const keep = useCallback((what: string, err: unknown) => {
    setText((now) => now || what)
    setFailed(err)
  }, [])
  useEffect(() => unsent && keep(unsent.text, unsent.err), [unsent, keep])
  const submit = async () => {
    const what = text.trim()
    if (!what) return
    setText('')
    setFailed(undefined)
    try {
      await send(what)
    } catch (err) {
      keep(what, err)
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
        autosize minRows={1} maxRows={4} value={text} placeholder={t.write} aria-label={t.write} error={failed === undefined ? undefined : why(t, failed)} className="grow"
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

// why is what to say of a message that was not sent.
function why(t: Catalog, err: unknown): string {
  const { failure, detail } = failureOf(err)
  return failure === 'server' ? detail : `${t.notSent}: ${t.failures[failure].title}`
}
