// The agents' side of the HTTP API, and the desk's socket. The session is a cookie that no
// script can read.
import { ApiError, type Problem } from './api'
import type { Citation } from './events'

export type Status = 'available' | 'away' | 'offline' | 'offered' | 'busy' | 'wrapup' | 'reconnecting'
export type Wish = 'available' | 'away' | 'offline'
export interface Person { id: string; name?: string; role: string; status: Status; wish: Wish; queues?: string[]; skills?: Record<string, number>; chats: number; calls: number; capacity: number }
export type WrapMode = '' | 'none' | 'optional' | 'timed' | 'mandatory'
export interface Ending { code: string; names: Record<string, string> }
export interface OpenWrapUp { conversation: string; name?: string; queue?: string; mode: WrapMode; began_at: string; until?: string }
export interface Canned { id: string; shortcut: string; text: string; language?: string; team: boolean }
export interface Mention { conversation: string; note: string; at: string }
export interface Callback {
  id: string; conversation: string; name?: string; number: string; language?: string; queue?: string; when?: string; state: 'waiting' | 'calling' | 'given_up'; reason?: string
  tries: number; tries_at_most: number; since: string; due_at?: string; ended_at?: string
}
export interface Queue { name: string; languages?: string[]; default?: boolean; open: boolean; waiting: number; longest_wait_ms: number; expected_wait_ms: number; call_target_ms?: number; chat_target_ms?: number; wrapup: WrapMode; dispositions: Ending[]; agents: Partial<Record<Status, number>> }
export interface Slot { name: string; label?: string; value: string; confidence?: number; verified?: boolean }
export interface Packet {
  reason: string; summary: string; intent?: string; intent_title?: string; language?: string; sentiment: number; danger?: string; name?: string
  slots: Slot[]; verification: { level: number; customer?: string; method?: string }; actions: { tool: string; state: string; result?: string }[]
  citations: Citation[]; unanswered: string[]; last?: string
}
export interface Offer { id: string; transfer: string; conversation: string; kind: 'chat' | 'call'; queue?: string; language?: string; from?: string; note?: string; said?: string; wait_ms: number; expires_at: string; packet?: Packet }
export type TransferState = 'queued' | 'offering' | 'consulting' | 'conference' | 'completed' | 'returned' | 'abandoned' | 'failed'
export interface TransferRow { id: string; conversation: string; kind?: 'chat' | 'call'; state: TransferState; from?: string; consult?: boolean; reason?: string; queue?: string; agent?: string; wait_ms: number }
export interface Row {
  id: string; state: string; holder: 'bot' | 'queue' | 'agent'; agent?: string; queue?: string; site?: string; locale?: string; customer: { id?: string; name?: string }
  created_at: string; updated_at: string; score?: number; transfer?: TransferRow; place?: number; last?: { from: string; text: string; at: string }
}
export interface Suggestion {
  to?: string; text?: string; citations: Citation[]; gap?: string; disclosures: { name: string; say: string }[]
  procedure?: { name: string; title: string; running: boolean; say?: string; stage: string; slots: { name: string; value: string; sure?: boolean }[] }
}
export type TipState = 'offered' | 'interested' | 'refused' | 'taken'
export interface Product { id: string; language: string; name: string; text: string; price?: string; url?: string; category?: string; for?: string[]; with?: string[] }
export interface Need {
  need: string
  evidence: { kind: 'page.viewed' | 'product.viewed' | 'searched' | 'cart.added' | 'cart.removed' | 'purchased' | 'said' | 'known'; text?: string; turn?: string; at?: string }[]
  products: { product: Product; reason: string; quote: string }[]
  recommended: { product: string; name: string; by?: string; state: TipState; at: string }[]
}
export interface Passage { document: string; passage: string; title: string; text: string; score: number }
export interface CallRow { id: string; via: 'web' | 'phone'; started_at: string; ended: boolean; recorded: boolean }
export interface Leg { id: string; user: string; party: 'agent' | 'supervisor'; mode: 'talk' | 'listen' | 'whisper'; muted: boolean; hold: boolean }
export interface Snapshot { me: Person; offers: Offer[]; queues: Queue[]; agents: Person[] }
export interface DeskEvent { seq?: number; type: string; at: string; conversation: string; data: unknown }

export async function call<T>(method: string, path: string, body?: unknown, key?: string): Promise<T> {
  const headers: Record<string, string> = {}
  if (body !== undefined) headers['Content-Type'] = 'application/json'
  if (key) headers['Idempotency-Key'] = key
  const r = await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) })
  const text = await r.text()
  if (r.ok) return (text ? JSON.parse(text) : undefined) as T
  let problem: Problem & { errors?: { message: string }[] } = { title: r.statusText || 'error', status: r.status }
  try {
    problem = { ...problem, ...(JSON.parse(text) as Problem) }
  } catch {
    // Something between us and the server answered in its own words.
  }
  const more = problem.errors?.map((e) => e.message).join('; ')
  if (more) problem.detail = more
  throw new ApiError(problem)
}

const conversation = (id: string, what: string) => `/v1/conversations/${encodeURIComponent(id)}${what}`

export const desk = {
  be: (status: Wish) => call<Person>('PUT', '/v1/desk/me', { status }),
  find: async (query: Record<string, string>) => (await call<{ items: Row[] }>('GET', `/v1/conversations?${new URLSearchParams(query)}`)).items,
  row: async (id: string) => (await call<{ staff: Row }>('GET', conversation(id, ''))).staff,
  calls: async (id: string) => (await call<{ calls: CallRow[] }>('GET', conversation(id, ''))).calls,
  legs: async (id: string) => (await call<{ items: Leg[] }>('GET', `/v1/calls/${encodeURIComponent(id)}/legs`)).items,
  tune: (id: string, leg: string, change: { muted?: boolean; hold?: boolean }) => call<{ muted: boolean; hold: boolean }>('PATCH', `/v1/calls/${encodeURIComponent(id)}/legs/${encodeURIComponent(leg)}`, change),
  packet: async (id: string) => (await call<{ packet: Packet }>('GET', conversation(id, '/packet'))).packet,
  // accept takes an offer. In a chat what there was to be told stood on the card, so the bot
  // leaves at once; a caller has music until the agent joins.
  accept: async (o: Offer) => {
    const t = await call<TransferRow>('POST', `/v1/offers/${o.id}/accept`)
    return t.state === 'consulting' && o.kind === 'chat' ? call<TransferRow>('POST', `/v1/transfers/${o.transfer}/complete`) : t
  },
  decline: (o: Offer) => call<TransferRow>('POST', `/v1/offers/${o.id}/decline`),
  join: (transfer: string) => call<TransferRow>('POST', `/v1/transfers/${transfer}/join`),
  complete: (transfer: string) => call<TransferRow>('POST', `/v1/transfers/${transfer}/complete`),
  cancel: (transfer: string) => call<TransferRow>('POST', `/v1/transfers/${transfer}/cancel`),
  say: (id: string, text: string, note: boolean, key: string, mentions: string[] = []) => call<{ id: string }>('POST', conversation(id, '/messages'), note ? { text, private: true, mentions } : { text }, key),
  wrapUps: async () => (await call<{ items: OpenWrapUp[] }>('GET', '/v1/desk/wrapups')).items,
  proposeWrapUp: (id: string) => call<{ summary: string; disposition?: string; by: 'model' | 'rules' }>('GET', conversation(id, '/wrapup')),
  wrapUp: (id: string, disposition: string, note: string) => call<void>('POST', conversation(id, '/wrapup'), { disposition, note }),
  warn: (id: string) => call<void>('POST', conversation(id, '/warn')),
  release: (id: string) => call<void>('POST', conversation(id, '/release')),
  replies: async () => (await call<{ items: Canned[] }>('GET', '/v1/replies')).items,
  putReply: (r: Omit<Canned, 'id'> & { id?: string }) => call<Canned>(r.id ? 'PUT' : 'POST', r.id ? `/v1/replies/${encodeURIComponent(r.id)}` : '/v1/replies', { shortcut: r.shortcut, text: r.text, language: r.language ?? '', team: r.team }),
  deleteReply: (id: string) => call<void>('DELETE', `/v1/replies/${encodeURIComponent(id)}`),
  callbacks: async () => (await call<{ items: Callback[] }>('GET', '/v1/desk/callbacks')).items,
  dropCallback: (id: string) => call<void>('DELETE', `/v1/desk/callbacks/${encodeURIComponent(id)}`),
  mentions: async () => (await call<{ items: Mention[] }>('GET', '/v1/desk/mentions')).items,
  seeMentions: (id: string) => call<void>('POST', conversation(id, '/mentions/seen')),
  suggest: (id: string, words = '') => call<Suggestion>('GET', conversation(id, `/suggestion${words && `?words=${encodeURIComponent(words.slice(-500))}`}`)),
  need: (id: string) => call<Need>('GET', conversation(id, '/need')),
  recommended: (id: string, product: string, state: TipState = 'offered') => call<void>('POST', conversation(id, '/recommendations'), { product, state }),
  lookUp: async (q: string) => (await call<{ items: Passage[] }>('GET', `/v1/knowledge/search?k=6&q=${encodeURIComponent(q)}`)).items,
  typing: (id: string) => call<void>('POST', conversation(id, '/typing')),
  giveBack: (id: string) => call<void>('POST', conversation(id, '/return')),
  close: (id: string, disposition: string, note: string) => call<void>('POST', conversation(id, '/close'), { disposition, note }),
  handOn: (id: string, to: { queue?: string; agent?: string; phone?: string }, reason: string, mode: 'warm' | 'consult' | 'blind' = 'warm') => call<TransferRow>('POST', conversation(id, '/transfer'), { ...to, reason, mode }),
  press: (id: string, keys: string, to: 'customer' | 'outside') => call<void>('POST', `/v1/calls/${encodeURIComponent(id)}/keys`, { keys, to }),
  takeOver: (id: string) => call<void>('POST', conversation(id, '/takeover')),
}

export type DeskLink = 'connecting' | 'open' | 'lost' | 'out'

// follow follows the desk's events; after a cut it goes on from the last number it has, and
// the server sends a snapshot when that is too long ago. more is added to the address. Returns how to stop.
export function follow(onEvent: (e: DeskEvent) => void, onLink: (l: DeskLink) => void, more = ''): () => void {
  let seq = 0
  let stopped = false
  let socket: WebSocket | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let quiet: ReturnType<typeof setTimeout> | undefined
  let wait = 250
  // The server's pings are invisible to pages: a link that says nothing is asked.
  const listen = () => {
    clearTimeout(quiet)
    quiet = setTimeout(() => {
      socket?.send('{"type":"ping"}')
      quiet = setTimeout(() => socket?.close(), 10_000)
    }, 25_000)
  }
  const connect = () => {
    clearTimeout(timer)
    timer = undefined
    const url = new URL(`/v1/desk/events?after=${seq}${more}`, location.href)
    url.protocol = url.protocol.replace('http', 'ws')
    const s = new WebSocket(url)
    socket = s
    s.onopen = () => {
      wait = 250
      onLink('open')
      listen()
    }
    s.onmessage = (m) => {
      listen()
      const e = JSON.parse(String(m.data)) as DeskEvent
      if (e.seq) seq = e.seq
      if (e.type !== 'pong') onEvent(e)
    }
    s.onclose = (e) => {
      clearTimeout(quiet)
      if (stopped || s !== socket) return
      if (e.code === 1008) return onLink('out')
      onLink('lost')
      timer = setTimeout(connect, wait + Math.random() * wait)
      wait = Math.min(wait * 2, 8000)
    }
  }
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
    clearTimeout(quiet)
    socket?.close()
  }
}
