import { useCallback, useEffect, useRef, useState } from 'react'
import { openConversation, sendText, type Session } from '../../core/api'
import { watch, type Link } from '../../core/events'
import { isOver } from '../../core/failure'
import { add, empty, type Transcript } from '../../core/transcript'
import type { Locale } from '../../core/locale'

// useChat is a conversation as a customer has it; it begins with the first message.
export function useChat(locale: Locale) {
  const session = useRef<Session>(undefined)
  const stop = useRef<() => void>(undefined)
  const [transcript, setTranscript] = useState<Transcript>(empty)
  const [link, setLink] = useState<Link>('open')
  const [over, setOver] = useState(false)
  const [waiting, setWaiting] = useState(false)
  useEffect(() => () => stop.current?.(), [])
  const fresh = useCallback(() => {
    stop.current?.()
    session.current = undefined
    setTranscript(empty)
    setOver(false)
    setWaiting(false)
    setLink('open')
  }, [])
  const say = useCallback(
    async (text: string) => {
      try {
        if (!session.current) {
          const s = await openConversation(locale)
          session.current = s
          stop.current = watch(
            s,
            (e) => {
              if (e.type === 'message.created' && e.data.from !== 'customer') setWaiting(false)
              setTranscript((t) => add(t, e))
            },
            setLink,
          )
        }
        setWaiting(true)
        await sendText(session.current, text, locale)
      } catch (err) {
        setWaiting(false)
        if (isOver(err)) setOver(true)
        throw err
      }
    },
    [locale],
  )
  return { transcript, link, over, waiting, say, fresh }
}
