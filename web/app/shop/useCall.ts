import { useCallback, useEffect, useRef, useState } from 'react'
import { openConversation, picture, sendPictures, sendText, type Session } from '../core/api'
import { Call, type CallState } from '../core/call'
import type { Locale } from '../core/catalog'
import { watch, type Link } from '../core/events'
import { failureOf, isOver } from '../core/failure'
import { listening, meter } from '../core/level'
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
  const [silenced, setSilenced] = useState(false)
  const call = useRef<Call>(undefined)
  const opening = useRef<Promise<Session>>(undefined)
  const tokens = useRef<Record<string, string>>({}) // of every conversation that the page had
  const attempt = useRef(0) // hanging up ends one that has no call yet

  const open = useCallback(() => {
    opening.current ??= openConversation(language.current).then((s) => {
      setSession(s)
      tokens.current[s.id] = s.token
      return s
    })
    opening.current.catch(() => (opening.current = undefined))
    return opening.current
  }, [])

  // A conversation that is over, or that the server no longer knows, is begun anew.
  const inOne = useCallback(async <T,>(what: (s: Session) => Promise<T>): Promise<T> => {
    const s = await open()
    try {
      return await what(s)
    } catch (err) {
      if (!isOver(err)) throw err
      opening.current = undefined
      return what(await open())
    }
  }, [open])

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
    const context = listening()
    if (!context) return
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
      const mine = ++attempt.current
      call.current = undefined
      setMuted(false)
      setSilenced(false)
      setState({ kind: 'starting' })
      try {
        await inOne(async (s) => {
          if (mine !== attempt.current) return
          call.current = new Call(s, language.current, setState, setSilenced)
          await call.current.start(deviceId)
        })
      } catch (err) {
        if (mine === attempt.current) setState({ kind: 'failed', ...failureOf(err) })
      }
    },
    [inOne],
  )

  const hangUp = useCallback(() => {
    attempt.current++
    if (call.current) call.current.hangUp()
    else setState({ kind: 'ended' })
  }, [])

  const mute = useCallback((on: boolean) => {
    call.current?.mute(on)
    setMuted(on)
  }, [])

  const say = useCallback((text: string) => inOne((s) => sendText(s, text, language.current)), [inOne])

  const show = useCallback(
    (text: string, files: File[], key: string, progress: (share: number) => void) => inOne((s) => sendPictures(s, text, files, key, language.current, progress)),
    [inOne],
  )
  const load = useCallback((url: string, small: boolean) => picture(tokens.current[url.split('/')[3] ?? ''] ?? '', url, small), [])

  // A page that goes away hangs up.
  useEffect(() => {
    const leave = () => call.current?.hangUp()
    window.addEventListener('pagehide', leave)
    return () => window.removeEventListener('pagehide', leave)
  }, [])

  return { transcript, link, state, muted, silenced, levels, session, start, mute, say, show, load, call, hangUp }
}
