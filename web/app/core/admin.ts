// The staff's side of the HTTP API, as far as the admin page uses it. The session is a
// cookie that no script can read.
import type { Product } from './desk'
import { ApiError, type Problem } from './api'

export type Role = 'agent' | 'supervisor' | 'admin'
export interface User { id: string; email: string; name?: string; role: Role; queues?: string[]; skills?: string[]; teams?: string[]; created_at?: string }
export interface Doc {
  id: string; title: string; language?: string; audience?: string; source?: string; kind?: string
  state: 'queued' | 'reading' | 'ready' | 'failed'; error?: string; version: number; draft: boolean
  passages: number; bytes: number; by?: string; updated_at: string; valid_from?: string; valid_until?: string
}
export interface Knowledge { vectors?: { model: string; passages: number; done: number; refused: number; error?: string; resting: boolean } }
export interface FullDoc extends Doc { text: string; draft_text?: string }
export interface Version { version: number; at: string; by?: string; title: string; bytes: number; current: boolean }
export interface DiffLine { op: ' ' | '+' | '-'; text: string }
export interface Changed { question: string; count: number; asked_at: string; before: Passage | null; after: Passage | null }
export interface Passage { title: string; text: string }
export interface Hit { document: string; passage: string; title: string; text: string; language?: string; score: number; why: { coverage: number; likeness: number; words: string[] } }
export interface Answer { id: string; question: string; answer: string; language?: string; conversation: string; at: string }
export interface Gap { id: string; question: string; language: string; count: number; last_at: string; conversations: string[] }
export interface Phrasing { id: string; document: string; passage: string; title: string; text: string; from: string; at: string }
export interface Hours { zone: string; open: Record<string, string>; holidays?: string[] }
export interface BotSettings {
  name?: string; company?: string; languages?: string[]; greeting?: Record<string, string>; persona?: string; rules?: string[]; tools?: string[]; forms?: string[]; hours?: Hours; recommend?: boolean
  handoff?: { failures?: number; topics?: Record<string, string>; vip?: string[]; emergency?: Record<string, string> }
}
export interface Products { version: number; at?: string; by?: string; items: Product[] }

// ProductsRefused is a list of which nothing was taken, with what is wrong by row; 0 is the whole.
export class ProductsRefused extends Error {
  constructor(readonly problems: { row: number; text: string }[], text: string) {
    super(problems[0]?.text ?? text)
  }
}
export interface Bot { version: number; at?: string; by?: string; source: 'file' | 'page'; current: boolean; settings: BotSettings }
export interface Tool {
  name: string; title?: Record<string, string>; description?: Record<string, string>; effect?: 'read' | 'change'; idempotent?: string; level: number; private?: boolean
  source: string; schema?: unknown; state: 'ready' | 'resting' | 'unreachable' | 'wrong'; error?: string
}
export interface ToolTried { result: unknown; refused?: boolean; cut?: boolean; state?: string; ms: number }
export type EngineRole = 'llm' | 'asr' | 'tts' | 'vision' | 'embed'
export interface Engine {
  id?: string; engine: string; url?: string; key?: string; model?: string; voice?: string; languages?: string[]; preset?: string
  price?: unknown; waits?: unknown; key_set?: boolean; key_lost?: boolean
}
export interface Engines {
  roles: Record<EngineRole, Engine[]>
  sources: Record<EngineRole, { source: 'file' | 'page'; at?: string; by?: string }>
  kinds: Record<EngineRole, string[]>
}
export interface EngineTried { ok: boolean; ms: number; first_ms?: number; detail?: string; text?: string; audio?: string }
export interface Deed { id: string; at: string; who: string; name?: string; what: string; from?: string; data?: Record<string, unknown> }
export interface Key { id: string; name: string; role: Role; created_by?: string; created_at: string; expires_at?: string; used_at?: string; token?: string }
export interface Hook {
  id: string; url: string; events: string[]; internal: boolean; state: 'on' | 'failing' | 'off'
  waiting: number; delivered: number; given_up: number; last_error?: string; failed_at?: string; delivered_at?: string
}
export interface Delivery {
  id: string; webhook: string; conversation: string; seq: number; type: string; state: 'retrying' | 'given_up'
  attempts: number; error?: string; created_at: string; due_at?: string; given_up_at?: string
}
export interface UsageDay { day: string; role: EngineRole; model: string; requests: number; prompt_tokens: number; cached_tokens: number; reply_tokens: number; estimated: number; cost: number; currency: string }
export interface List<T> { items: T[]; next?: string | number }

async function refuse(status: number, statusText: string, text: string): Promise<never> {
  let problem: Problem & { errors?: { message: string; location?: string }[] } = { title: statusText || 'error', status }
  try {
    problem = { ...problem, ...(JSON.parse(text) as Problem) }
  } catch {
    // Something between us and the server answered in its own words.
  }
  const more = problem.errors?.map((e) => e.message).join('; ')
  if (more) problem.detail = more
  if (status === 401) signedOut()
  throw new ApiError(problem)
}

const leavers = new Set<() => void>()

// onSignedOut calls f whenever the server knows the session no more.
export function onSignedOut(f: () => void): () => void {
  leavers.add(f)
  return () => leavers.delete(f)
}

function signedOut() {
  for (const f of leavers) f()
}

async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  const headers: Record<string, string> = {}
  let payload: string | undefined
  if (body !== undefined) {
    headers['Content-Type'] = 'application/json'
    payload = JSON.stringify(body)
  }
  if (method === 'POST' && path.startsWith('/v1/knowledge')) headers['Idempotency-Key'] = crypto.randomUUID?.() ?? String(Math.random())
  const r = await fetch(path, { method, headers, body: payload })
  if (!r.ok) return refuse(r.status, r.statusText, await r.text())
  const text = await r.text()
  return (text ? JSON.parse(text) : undefined) as T
}

const doc = (id: string, more = '') => `/v1/knowledge/documents/${encodeURIComponent(id)}${more}`

// all reads a list to its end, a few thousand items at most.
async function all<T>(path: string): Promise<T[]> {
  const out: T[] = []
  let cursor = ''
  do {
    const l = await call<List<T>>('GET', path + (cursor ? `${path.includes('?') ? '&' : '?'}cursor=${encodeURIComponent(cursor)}` : ''))
    out.push(...l.items)
    cursor = l.next ? String(l.next) : ''
  } while (cursor && out.length < 5000)
  return out
}

export const admin = {
  me: () => call<User>('GET', '/v1/me'),
  login: async (email: string, password: string) => {
    const r = await fetch('/v1/login', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ email, password }) })
    if (!r.ok) throw new ApiError({ title: r.statusText, status: r.status, ...((await r.json().catch(() => ({}))) as object) })
    return ((await r.json()) as { user: User }).user
  },
  logout: () => call<void>('POST', '/v1/logout'),

  knowledge: () => call<Knowledge>('GET', '/v1/knowledge/status'),
  documents: () => all<Doc>('/v1/knowledge/documents'),
  document: (id: string) => call<FullDoc>('GET', doc(id)),
  write: (d: { title: string; text: string; language?: string; draft?: boolean }) => call<Doc>('POST', '/v1/knowledge/documents', d),
  fetchURL: (url: string) => call<Doc>('POST', '/v1/knowledge/documents', { url }),
  change: (id: string, d: { title?: string; text?: string; draft?: boolean; audience?: string; language?: string }) => call<Doc>('PUT', doc(id), d),
  remove: (id: string) => call<void>('DELETE', doc(id)),
  versions: async (id: string) => (await call<List<Version>>('GET', doc(id, '/versions'))).items,
  diff: async (id: string, from: number, to: number | 'draft') => (await call<{ lines: DiffLine[] | null }>('GET', doc(id, `/diff?from=${from}&to=${to}`))).lines ?? [],
  questions: async (id: string) => (await call<List<Changed>>('GET', doc(id, '/draft/questions'))).items,
  publish: (id: string) => call<Doc>('POST', doc(id, '/publish')),
  discard: (id: string) => call<Doc>('DELETE', doc(id, '/draft')),
  restore: (id: string, version: number) => call<Doc>('POST', doc(id, '/restore'), { version }),
  search: async (q: string, k = 8) => (await call<List<Hit>>('GET', `/v1/knowledge/search?q=${encodeURIComponent(q)}&k=${k}`)).items,
  gaps: async () => (await call<List<Gap>>('GET', '/v1/knowledge/gaps')).items,
  answers: async () => (await call<List<Answer>>('GET', '/v1/knowledge/answers')).items,
  approveAnswer: (id: string, question: string, answer: string) => call<void>('POST', `/v1/knowledge/answers/${encodeURIComponent(id)}/approve`, { question, answer }),
  rejectAnswer: (id: string) => call<void>('POST', `/v1/knowledge/answers/${encodeURIComponent(id)}/reject`),
  closeGap: (id: string) => call<void>('POST', `/v1/knowledge/gaps/${encodeURIComponent(id)}/close`),
  phrasings: () => all<Phrasing>('/v1/knowledge/phrasings'),
  decide: (id: string, what: 'approve' | 'reject') => call<void>('POST', `/v1/knowledge/phrasings/${encodeURIComponent(id)}/${what}`),

  products: () => call<Products>('GET', '/v1/products'),
  putProducts: async (file: Blob) => {
    const r = await fetch('/v1/products', { method: 'PUT', headers: { 'Content-Type': file.type === 'application/json' ? 'application/json' : 'text/csv' }, body: file })
    const text = await r.text()
    if (r.ok) return JSON.parse(text) as Products
    if (r.status === 422) throw new ProductsRefused(((JSON.parse(text) as Problem & { errors?: { message: string; value?: unknown }[] }).errors ?? []).map((e) => ({ row: Number(e.value) || 0, text: e.message })), text)
    return refuse(r.status, r.statusText, text)
  },
  bot: () => call<Bot>('GET', '/v1/bot'),
  putBot: (settings: BotSettings) => call<Bot>('PUT', '/v1/bot', { settings }),
  botVersions: () => all<Bot>('/v1/bot/versions'),
  restoreBot: (version: number) => call<Bot>('POST', '/v1/bot/restore', { version }),

  tools: async () => (await call<List<Tool>>('GET', '/v1/tools')).items,
  tryTool: (name: string, args: unknown, confirm: boolean, customer: string) => call<ToolTried>('POST', `/v1/tools/${encodeURIComponent(name)}/try`, { args, confirm, ...(customer ? { customer } : {}) }),

  engines: () => call<Engines>('GET', '/v1/engines'),
  putEngines: (role: EngineRole, list: Engine[]) => call<Engines>('PUT', `/v1/engines/${role}`, list.map(sent)),
  resetEngines: (role: EngineRole) => call<Engines>('DELETE', `/v1/engines/${role}`),
  tryEngine,

  usage: async () => (await call<List<UsageDay>>('GET', '/v1/usage')).items,

  users: () => all<User>('/v1/users'),
  addUser: (u: object) => call<User>('POST', '/v1/users', u),
  changeUser: (id: string, u: object) => call<User>('PATCH', `/v1/users/${encodeURIComponent(id)}`, u),
  removeUser: (id: string) => call<void>('DELETE', `/v1/users/${encodeURIComponent(id)}`),
  keys: async () => (await call<List<Key>>('GET', '/v1/keys')).items,
  addKey: (name: string, role: Role, expires_at?: string) => call<Key>('POST', '/v1/keys', { name, role, ...(expires_at ? { expires_at } : {}) }),
  removeKey: (id: string) => call<void>('DELETE', `/v1/keys/${encodeURIComponent(id)}`),
  hooks: async () => (await call<List<Hook>>('GET', '/v1/webhooks')).items,
  deliveries: (state: Delivery['state'], cursor = '') => call<List<Delivery>>('GET', `/v1/webhooks/deliveries?state=${state}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`),
  retryDelivery: (id: string) => call<void>('POST', `/v1/webhooks/deliveries/${encodeURIComponent(id)}/retry`),
  audit: (what: string, cursor: string) => call<List<Deed>>('GET', `/v1/audit?limit=50&what=${encodeURIComponent(what)}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`),
}

// sent is an engine as the server takes it: what it only tells is left out, and so is what is empty.
export function sent(e: Engine): Engine {
  const out: Engine = { engine: e.engine }
  for (const k of ['id', 'url', 'key', 'model', 'voice', 'preset'] as const) if (e[k]) out[k] = e[k]
  if (e.languages?.length) out.languages = e.languages
  if (e.price) out.price = e.price
  if (e.waits) out.waits = e.waits
  return out
}

// tryEngine uses an engine once; piece is told of its answer as it is made.
async function tryEngine(role: EngineRole, e: Engine, withWhat: { text?: string; language?: string; audio?: string; image?: string }, piece: (text: string) => void): Promise<EngineTried> {
  const r = await fetch(`/v1/engines/${role}/test`, {
    method: 'POST', headers: { 'Content-Type': 'application/json', Accept: 'application/x-ndjson' }, body: JSON.stringify({ ...sent(e), ...withWhat }),
  })
  if (!r.ok || !r.body) return refuse(r.status, r.statusText, await r.text())
  const reader = r.body.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  let last: EngineTried | undefined
  for (;;) {
    const { done, value } = await reader.read()
    rest += value ?? ''
    const lines = rest.split('\n')
    rest = done ? '' : (lines.pop() ?? '')
    for (const line of lines.filter(Boolean)) {
      const x = JSON.parse(line) as EngineTried & { piece?: string }
      if (x.piece !== undefined) piece(x.piece)
      else last = x
    }
    if (done) break
  }
  if (!last) throw new ApiError({ title: 'broken off', status: 502 })
  return last
}

// upload sends a file; progress goes from 0 to 1.
export function upload(file: File, progress: (share: number) => void): Promise<Doc> {
  return new Promise((resolve, reject) => {
    const x = new XMLHttpRequest()
    x.open('POST', '/v1/knowledge/documents')
    x.setRequestHeader('Idempotency-Key', crypto.randomUUID?.() ?? String(Math.random()))
    x.upload.onprogress = (e) => e.lengthComputable && progress(e.loaded / e.total)
    x.onerror = () => reject(new TypeError('network'))
    x.onload = () => {
      if (x.status < 300) return resolve(JSON.parse(x.responseText) as Doc)
      refuse(x.status, x.statusText, x.responseText).catch(reject)
    }
    const form = new FormData()
    form.append('file', file)
    x.send(form)
  })
}
