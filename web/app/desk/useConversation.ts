import { useEffect, useState } from 'react'
import { desk, type Packet, type Row } from '../core/desk'
import { watch, type Link } from '../core/events'
import { nothing, take, type Timeline } from '../core/timeline'

export interface Open {
  id: string
  row?: Row
  packet?: Packet
  timeline: Timeline
  link: Link
  error?: unknown
}

// useConversation follows the conversation that is open. stamp is changed when something
// about it may have: then it is read anew, and nothing on the screen goes meanwhile.
export function useConversation(id: string, stamp: string): Open {
  const [state, setState] = useState<Open>({ id, timeline: nothing, link: 'connecting' })
  useEffect(() => {
    setState({ id, timeline: nothing, link: 'connecting' })
    if (!id) return
    const mine = (f: (s: Open) => Open) => setState((s) => (s.id === id ? f(s) : s))
    return watch({ id, token: '', ice_servers: [] }, (e) => mine((s) => ({ ...s, timeline: take(s.timeline, e) })), (link) => mine((s) => ({ ...s, link })))
  }, [id])
  useEffect(() => {
    if (!id) return
    let gone = false
    const mine = (x: Partial<Open>) => !gone && setState((s) => (s.id === id ? { ...s, ...x } : s))
    desk.row(id).then((row) => mine({ row, error: undefined }), (error: unknown) => mine({ error }))
    desk.packet(id).then((packet) => mine({ packet }), () => undefined) // there is none while the bot has it
    return () => {
      gone = true
    }
  }, [id, stamp])
  return state.id === id ? state : { id, timeline: nothing, link: 'connecting' }
}
