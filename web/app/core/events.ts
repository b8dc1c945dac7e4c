import { at, type Session } from './api'

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
  key?: string // the Idempotency-Key that it was posted with
  from: 'customer' | 'bot' | 'agent' | 'system'
  via: 'chat' | 'voice'
  text: string
  images?: string[] // where they are
  citations?: Citation[]
  reply_to?: string
  cut?: boolean
  shown?: string
  call?: string // of a spoken turn, and where in the call it was said, for playing it
  start_ms?: number // 0
  end_ms?: number
}

// Transfer is how the passage to a person stands.
export interface Transfer {
  id: string
  state: 'queued' | 'offering' | 'consulting' | 'conference' | 'completed' | 'returned' | 'abandoned' | 'failed'
  queue?: string
  agent?: string // of staff, an id
  name?: string // what the customer may call them
  reason?: string
  position?: number
  wait_ms?: number
}

// Requested is that the bot asks for a picture, until a time.
export interface Requested {
  id?: string
  reason: string
  call?: string
  until?: string
  link?: boolean // it comes from the phone that calls, by a link
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

// Run is what the bot did in a business system: staff alone see it.
export interface Run { id: string; tool: string; title?: Record<string, string>; effect: 'read' | 'change'; args?: Record<string, unknown>; state: 'ok' | 'refused' | 'failed' | 'unknown'; at: string; ms: number; turn?: string }

// runTitle is a business system's name in a page's language.
export function runTitle(r: Run, locale: string): string {
  const all = r.title ?? {}
  const near = Object.keys(all).find((k) => k.split('-')[0] === locale.split('-')[0])
  return all[locale] || (near && all[near]) || all.en || r.tool
}

export type Event =
  | { seq: number; type: 'message.created'; at: string; data: MessageData }
  | { seq?: undefined; type: 'message.delta'; at: string; data: { id: string; text: string } }
  | { seq?: undefined; type: 'speech.partial'; at: string; data: { from: 'customer' | 'bot'; text: string; id?: string } }
  | { seq: number; type: 'image.read'; at: string; data: Seen & { message: string; image: string } }
  | { seq: number; type: 'turn.measured'; at: string; data: Measured }
  | { seq: number; type: 'call.started' | 'call.ended'; at: string; data: { call: string; reason?: string } }
  | { seq: number; type: 'call.recording'; at: string; data: { call: string; on: boolean } }
  | { seq?: undefined; type: 'typing' | 'read'; at: string; data: { from: 'customer' | 'agent'; seq?: number } }
  | { seq?: undefined; type: 'presence'; at: string; data: { from: 'customer' | 'agent'; online: boolean } }
  | { seq: number; type: 'transfer.updated'; at: string; data: Transfer }
  | { seq: number; type: 'image.requested'; at: string; data: Requested }
  | { seq: number; type: 'tool.ran'; at: string; data: Run }
  | { seq: number; type: 'conversation.updated'; at: string; data: { state: string; holder: string; language?: string } }

// Link is how the watching stands. `over` is for good: the conversation was closed or
// forgotten, or its token opens it no more.
export type Link = 'connecting' | 'open' | 'lost' | 'over'

export interface WatchOptions {
  after?: number // the last event that the page has already; 0
}

// Times of a watcher, in milliseconds. The server's pings are invisible to pages, so a
// link that is quiet for `quiet` is asked ({"type":"ping"}, to which the server answers
// {"type":"pong"}), and is dead when nothing comes within `answer`.
export const times = { quiet: 25_000, answer: 10_000, connect: 10_000, settled: 5_000, first: 250, most: 8_000, offline: 30_000 }

// Codes with which a socket is closed for good: unauthorised, forbidden, gone.
const fatal = [4401, 4403, 4404, 4410]

// watch follows a conversation's events: each stored one once and in order, whatever the
// network does. Returns how to stop.
export function watch(s: Session, onEvent: (e: Event) => void, onLink: (l: Link) => void, o: WatchOptions = {}): () => void {
  const w = new Watcher(s, onEvent, onLink, o)
  w.begin()
  return () => w.stop()
}

// Watcher holds one socket at a time; what a former one still brings is not listened to.
class Watcher {
  private seq: number
  private socket?: WebSocket
  private timer?: ReturnType<typeof setTimeout> // of the next try, or the socket's next deadline
  private opened?: number // when the socket did
  private wait = times.first // before the next try; the first again once a link is good for something
  private heldBack = -1 // the number after which the log itself has a gap
  private closed = false // the conversation is
  private done = false
  private link?: Link
  private finished: string[] = [] // the newest messages that are whole: no piece of them follows

  constructor(
    private readonly s: Session,
    private readonly onEvent: (e: Event) => void,
    private readonly onLink: (l: Link) => void,
    o: WatchOptions,
  ) {
    this.seq = o.after ?? 0
  }

  begin() {
    addEventListener('online', this.awake)
    addEventListener('pageshow', this.awake)
    globalThis.document?.addEventListener('visibilitychange', this.awake)
    this.say('connecting')
    this.connect()
  }

  stop() {
    this.done = true
    removeEventListener('online', this.awake)
    removeEventListener('pageshow', this.awake)
    globalThis.document?.removeEventListener('visibilitychange', this.awake)
    this.leave()
  }

  private say(l: Link) {
    if (this.done || l === this.link) return
    this.link = l
    this.onLink(l)
  }

  private address(scheme: 'ws' | 'http', path: string): URL {
    const url = new URL(at(this.s, `/v1/conversations/${this.s.id}${path}`), location.href)
    if (scheme === 'ws') url.protocol = url.protocol.replace('http', 'ws')
    return url
  }

  // leave gives up the socket without waiting for it: a dead one never says goodbye.
  private leave() {
    clearTimeout(this.timer)
    this.timer = undefined
    const old = this.socket
    this.socket = undefined
    if (!old) return
    old.onopen = old.onmessage = old.onclose = null
    old.onerror = () => {} // in Node an error that nobody hears ends the program
    old.close()
  }

  private connect() {
    this.leave()
    this.opened = undefined
    this.by(times.connect, () => this.lost())
    let socket: WebSocket
    try {
      socket = new WebSocket(this.address('ws', `/events?after=${this.seq}`), [`bearer.${this.s.token}`])
    } catch {
      return this.lost() // forbidden to this page
    }
    this.socket = socket
    socket.onopen = () => {
      this.opened = Date.now()
      this.say('open')
      this.by(times.quiet, () => this.ask())
    }
    socket.onmessage = (m: MessageEvent<string>) => {
      this.by(times.quiet, () => this.ask())
      this.take(m.data)
    }
    socket.onclose = (c: CloseEvent) => {
      if (fatal.includes(c?.code)) return this.end()
      if (this.opened === undefined) void this.probe()
      this.lost()
    }
  }

  // by does what when nothing has come until then.
  private by(ms: number, what: () => void) {
    clearTimeout(this.timer)
    this.timer = setTimeout(what, ms)
  }

  private take(text: string) {
    let e: Event
    try {
      e = JSON.parse(text) as Event
    } catch {
      return // not ours; what it stood for is missed by its number
    }
    if (e.seq === undefined) {
      if ((e as { type: string }).type === 'pong' || (e.type === 'message.delta' && this.finished.includes(e.data.id))) return
      this.onEvent(e)
      return
    }
    if (e.seq <= this.seq) return
    // Something is missing: the log is read again from here. When it has nothing there
    // either, there is nothing that this page may see.
    if (e.seq > this.seq + 1 && this.heldBack !== this.seq) {
      this.heldBack = this.seq
      this.connect()
      return
    }
    this.seq = e.seq
    this.wait = times.first
    if (e.type === 'message.created') this.finished = [...this.finished.slice(-31), e.data.id]
    if (e.type === 'conversation.updated') this.closed = e.data.state === 'closed'
    this.onEvent(e)
  }

  private ask() {
    if (this.socket?.readyState !== 1) return
    this.socket.send('{"type":"ping"}')
    this.by(times.answer, () => this.lost())
  }

  private lost() {
    this.leave()
    if (this.done) return
    if (this.closed) return this.end()
    this.say('lost')
    if (this.opened !== undefined && Date.now() - this.opened >= times.settled) this.wait = times.first
    const wait = this.wait
    this.wait = Math.min(wait * 2, times.most)
    // Browsers are sometimes wrong about being offline: tried all the same, seldom.
    this.by(globalThis.navigator?.onLine === false ? times.offline : wait + Math.random() * wait, () => this.connect())
  }

  private end() {
    this.leave()
    this.say('over')
    this.stop()
  }

  // probe finds out what a page is not told of a socket that did not open.
  private async probe() {
    try {
      const r = await fetch(this.address('http', ''), { headers: { Authorization: `Bearer ${this.s.token}` } })
      if (!this.done && [401, 403, 404, 410].includes(r.status)) this.end()
    } catch {
      // No answer: the network's fault, which passes.
    }
  }

  // awake: the network is back, or the page is looked at again after a sleep.
  private readonly awake = (why: globalThis.Event) => {
    if (why.type === 'visibilitychange' && document.visibilityState === 'hidden') return
    if (this.socket) return this.ask()
    this.wait = times.first
    this.connect()
  }
}
