import { useCallback, useEffect, useRef, useState } from 'react'
import { openConversation, sendText, type Session } from '../core/api'
import { Call, type CallState } from '../core/call'
import type { Locale } from '../core/catalog'
import { watch, type Link } from '../core/events'
import { meter } from '../core/level'
import { add, empty, type Transcript } from '../core/transcript'

export interface Levels {
  mic: number
  bot: number
}

// useConversation holds one conversation of the page: its events, its call, its text.
// A change of the page's language keeps it: what is said next is in that language.
export function useConversation(locale: Locale) {
  const language = useRef(locale)
  useEffect(() => void (language.current = locale), [locale])
  const [session, setSession] = useState<Session>()
  const [transcript, setTranscript] = useState<Transcript>(empty)
  const [link, setLink] = useState<Link>('connecting')
  const [state, setState] = useState<CallState>({ kind: 'idle' })
  const [muted, setMuted] = useState(false)
  const [levels, setLevels] = useState<Levels>({ mic: 0, bot: 0 })
  const call = useRef<Call>(undefined)
  const opening = useRef<Promise<Session>>(undefined)

  const open = useCallback(() => {
    opening.current ??= openConversation(language.current).then((s) => {
      setSession(s)
      return s
    })
    opening.current.catch(() => (opening.current = undefined))
    return opening.current
  }, [])

  useEffect(() => {
    if (!session) return
    return watch(
      session,
      (e) => {
        setTranscript((t) => add(t, e))
        if (e.type === 'call.ended') call.current?.ended()
      },
      setLink,
    )
  }, [session])

  const live = state.kind === 'live'
  useEffect(() => {
    const c = call.current
    if (!live || !c?.mic) return
    const context = new AudioContext()
    const stops = [meter(context, c.mic, (mic) => setLevels((l) => ({ ...l, mic })))]
    if (c.remote) stops.push(meter(context, c.remote, (bot) => setLevels((l) => ({ ...l, bot }))))
    return () => {
      stops.forEach((stop) => stop())
      void context.close()
      setLevels({ mic: 0, bot: 0 })
    }
  }, [live])

  const start = useCallback(
    async (deviceId?: string) => {
      setMuted(false)
      try {
        call.current = new Call(await open(), language.current, setState)
        await call.current.start(deviceId)
      } catch (err) {
        setState({ kind: 'failed', failure: 'network', detail: String(err) })
      }
    },
    [open],
  )

  const mute = useCallback((on: boolean) => {
    call.current?.mute(on)
    setMuted(on)
  }, [])

  const say = useCallback(async (text: string) => sendText(await open(), text, language.current), [open])

  // A page that goes away hangs up.
  useEffect(() => {
    const leave = () => call.current?.hangUp()
    window.addEventListener('pagehide', leave)
    return () => window.removeEventListener('pagehide', leave)
  }, [])

  return { transcript, link, state, muted, levels, session, start, mute, say, call, hangUp: () => call.current?.hangUp() }
}
