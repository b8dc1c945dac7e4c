import { ActionIcon, Textarea, VisuallyHidden } from '@mantine/core'
import { IconPhotoPlus, IconSend2 } from '@tabler/icons-react'
import { useCallback, useEffect, useRef, useState } from 'react'
import type { Catalog } from '../core/catalog'
import { Previews } from './Previews'
import type { Picked } from './usePicked'
import { why } from './why'

// Unsent is what did not reach the server, or what is to be written anew.
export interface Unsent {
  text: string
  err?: unknown
}

interface Props {
  t: Catalog
  send: (text: string) => Promise<void>
  unsent?: Unsent
  pictures: Picked
  show: (text: string, files: File[]) => void // sends a message with pictures
}

// Composer is the line to write, with pictures. What could not be sent stays in it.
export function Composer({ t, send, unsent, pictures, show }: Props) {
  const [text, setText] = useState('')
  const [failed, setFailed] = useState<unknown>()
  const line = useRef<HTMLTextAreaElement>(null)
  const chooser = useRef<HTMLInputElement>(null)
  const { picked, not } = pictures
  const keep = useCallback((what: string, err: unknown) => {
    setText((now) => now || what)
    setFailed(err)
  }, [])
  useEffect(() => {
    if (!unsent) return
    keep(unsent.text, unsent.err)
    if (unsent.err === undefined) line.current?.focus()
  }, [unsent, keep])
  // Where a finger points, the keyboard would cover the picture.
  useEffect(() => {
    if (picked.length > 0 && matchMedia('(pointer: fine)').matches) line.current?.focus()
  }, [picked])
  const remove = (i: number) => {
    pictures.set(picked.filter((_, j) => j !== i))
    line.current?.focus() // its button is gone
  }
  const submit = async () => {
    const what = text.trim()
    if (!what && picked.length === 0) return
    setText('')
    setFailed(undefined)
    if (picked.length > 0) {
      show(what, picked)
      pictures.set([])
      return
    }
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
      <VisuallyHidden role="status">{picked.length > 0 && `${t.pictures.chosen}: ${picked.length}`}</VisuallyHidden>
      {picked.length > 0 && <Previews t={t} files={picked} remove={remove} />}
      {not && (
        <p className="nottaken small" role="alert">
          {t.pictures.not[not]}
        </p>
      )}
      <input
        ref={chooser} type="file" accept="image/*" multiple hidden
        onChange={(e) => {
          const files = [...(e.currentTarget.files ?? [])]
          e.currentTarget.value = ''
          pictures.take(files)
        }}
      />
      <ActionIcon size={36} variant="subtle" color="gray" aria-label={t.pictures.add} title={t.pictures.add} onClick={() => chooser.current?.click()}>
        <IconPhotoPlus size={20} stroke={1.6} />
      </ActionIcon>
      <Textarea
        ref={line} autosize minRows={1} maxRows={4} value={text} placeholder={t.write} aria-label={t.write} error={failed === undefined ? undefined : why(t, failed)} className="grow"
        onChange={(e) => setText(e.currentTarget.value)}
        onKeyDown={(e) => {
          if (e.key === 'Enter' && !e.shiftKey && !e.nativeEvent.isComposing) {
            e.preventDefault()
            void submit()
          }
        }}
      />
      <ActionIcon type="submit" size={36} aria-label={t.send} disabled={!text.trim() && picked.length === 0}>
        <IconSend2 size={18} />
      </ActionIcon>
    </form>
  )
}
