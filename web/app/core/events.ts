import type { Session } from './api'

export interface Citation {
  document: string
  title: string
  passage: string
  quote: string
}

export interface Identifier {
  kind: 'order' | 'tracking' | 'serial' | 'error' | 'reference' | 'amount' | 'date'
  value: string
  label?: string
  confidence: number
}

// Seen is what was understood of a picture.
export interface Seen {
  kind: string
  shows?: string
  text?: string
  identifiers?: Identifier[]
  mood?: 'happy' | 'sad' | 'angry' | 'thanks' | 'neutral'
  trouble?: 'blurred' | 'dark' | 'small' | 'notext' | 'unread'
}

export interface MessageData {
  id: string
  from: 'customer' | 'bot' | 'agent' | 'system'
  via: 'chat' | 'voice'
  text: string
  images?: string[] // where they are
  citations?: Citation[]
  reply_to?: string
  cut?: boolean
  shown?: string
}

export interface Measured {
  turn: string
  endpoint_ms: number
  asr_ms: number
  retrieve_ms: number
  llm_ms: number
  tts_ms: number
  playout_ms: number
  total_ms: number
  draft: boolean
}

export type Event =
  | { seq: number; type: 'message.created'; at: string; data: MessageData }
  | { seq?: undefined; type: 'message.delta'; at: string; data: { id: string; text: string } }
  | { seq?: undefined; type: 'speech.partial'; at: string; data: { from: 'customer' | 'bot'; text: string } }
  | { seq: number; type: 'image.read'; at: string; data: Seen & { message: string; image: string } }
  | { seq: number; type: 'turn.measured'; at: string; data: Measured }
  | { seq: number; type: 'call.started' | 'call.ended'; at: string; data: { call: string; reason?: string } }
  | { seq: number; type: 'call.recording'; at: string; data: { call: string; on: boolean } }
  | { seq: number; type: 'conversation.updated'; at: string; data: { state: string; holder: string; language?: string } }

export type Link = 'connecting' | 'open' | 'lost'

// watch follows a conversation's events without loss or repeat: after a cut it
// goes on from the last seq it has seen. Returns how to stop.
export function watch(s: Session, onEvent: (e: Event) => void, onLink: (l: Link) => void): () => void {
  let seq = 0
  let stopped = false
  let socket: WebSocket | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let wait = 250

  const connect = () => {
    clearTimeout(timer)
    timer = undefined
    const url = new URL(`/v1/conversations/${s.id}/events?after=${seq}`, location.href)
    url.protocol = url.protocol.replace('http', 'ws')
    socket = new WebSocket(url, [`bearer.${s.token}`])
    socket.onopen = () => {
      wait = 250
      onLink('open')
    }
    socket.onmessage = (m: MessageEvent<string>) => {
      let e: Event
      try {
        e = JSON.parse(m.data) as Event
      } catch {
        return // not ours; the next one may be
      }
      if (e.seq !== undefined) {
        if (e.seq <= seq) return
        seq = e.seq
      }
      onEvent(e)
    }
    socket.onclose = () => {
      if (stopped) return
      onLink('lost')
      timer = setTimeout(connect, wait + Math.random() * wait)
      wait = Math.min(wait * 2, 8000)
    }
  }
  // The wait for another try ends when the network is back.
  const online = () => {
    if (timer === undefined) return
    wait = 250
    connect()
  }
  addEventListener('online', online)
  onLink('connecting')
  connect()
  return () => {
    stopped = true
    removeEventListener('online', online)
    clearTimeout(timer)
    socket?.close()
  }
}
