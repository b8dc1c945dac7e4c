// The customer's side of the HTTP API, as far as the pages use it.

export interface Problem {
  type?: string
  title: string
  status: number
  detail?: string
}

// ApiError carries the problem document of a refused request (RFC 9457), and after how
// many seconds the server would have it tried again (Retry-After), when it said so.
export class ApiError extends Error {
  constructor(readonly problem: Problem, readonly retryAfter?: number) {
    super(problem.detail ?? problem.title)
  }
}

export interface Session {
  id: string
  token: string
  ice_servers: RTCIceServer[]
  base?: string // the server's origin; none: the page's own
}

// Identity is who the customer is, as the site says and has signed.
export interface Identity {
  id?: string
  name?: string
  expires?: number // Unix seconds
  signature?: string // hex HMAC-SHA256 of id.expires
}

// Opening is whose page opens a conversation, and for whom.
export interface Opening {
  base?: string
  site?: string
  customer?: Identity
  resume?: boolean // a signed customer goes on, on any device
}

async function refuse(r: Response): Promise<never> {
  throw refusal(r.status, r.statusText, await r.text(), r.headers.get('Retry-After'))
}

export function refusal(status: number, statusText: string, text: string, retryAfter: string | null = null): ApiError {
  let problem: Problem = { title: statusText || 'error', status }
  try {
    problem = { ...problem, ...(JSON.parse(text) as Problem) }
  } catch {
    // Something between us and the server answered in its own words.
  }
  const wait = Number.parseInt(retryAfter ?? '', 10)
  return new ApiError(problem, wait >= 0 ? wait : undefined)
}

// at is an address of the server that a session is with.
export function at(s: { base?: string }, path: string): string {
  return (s.base ?? '') + path
}

async function call(method: string, url: string, token?: string, body?: string, type = 'application/json', language = ''): Promise<Response> {
  const headers: Record<string, string> = {}
  if (language) headers['Content-Language'] = language
  if (token) headers.Authorization = `Bearer ${token}`
  if (body !== undefined) headers['Content-Type'] = type
  // A page that goes away still hangs up: keepalive outlives it.
  const r = await fetch(url, { method, headers, body, keepalive: method === 'DELETE' })
  return r.ok ? r : refuse(r)
}

export async function openConversation(locale: string, { base, site, customer, resume }: Opening = {}): Promise<Session> {
  const r = await call('POST', at({ base }, '/v1/conversations'), undefined, JSON.stringify({ channel: 'web', locale, site, customer, resume }))
  return { ...((await r.json()) as Session), base }
}

export async function sendText(s: Session, text: string, language: string): Promise<void> {
  await call('POST', at(s, `/v1/conversations/${s.id}/messages`), s.token, JSON.stringify({ text }), 'application/json', language)
}

// picture is one of the conversation's; small: at most 320 pixels a side.
export async function picture(s: Pick<Session, 'token' | 'base'>, url: string, small: boolean): Promise<Blob> {
  return (await call('GET', at(s, small ? `${url}?size=small` : url), s.token)).blob()
}

export interface Answer {
  location: string
  sdp: string
}

export async function startCall(s: Session, offer: string, language: string): Promise<Answer> {
  const r = await call('POST', at(s, `/v1/conversations/${s.id}/calls`), s.token, offer, 'application/sdp', language)
  return { location: r.headers.get('Location') ?? '', sdp: await r.text() }
}

// patchCall sends ICE candidates or a restart; the answer is '' or a fragment.
export async function patchCall(s: Session, location: string, fragment: string): Promise<string> {
  const r = await call('PATCH', at(s, location), s.token, fragment, 'application/trickle-ice-sdpfrag')
  return r.status === 204 ? '' : r.text()
}

// tellCall reports the page's playout delay, the customer's wish about recording, and whether
// there is a microphone that is on.
export async function tellCall(s: Session, location: string, what: { playout_ms?: number; recording?: boolean; microphone?: boolean }): Promise<void> {
  await call('PATCH', at(s, location), s.token, JSON.stringify(what))
}

export async function hangUp(s: Session, location: string): Promise<void> {
  await call('DELETE', at(s, location), s.token)
}

export interface Capabilities {
  languages: { tag: string; hears: boolean; speaks: boolean }[]
  recording: boolean
  company?: string
  sign_on?: string
  phones?: boolean // can be called
}

export async function capabilities(base?: string): Promise<Capabilities> {
  return (await (await call('GET', at({ base }, '/v1/capabilities'))).json()) as Capabilities
}

// Standing is how a conversation stands.
export interface Standing {
  state: string
  holder: 'bot' | 'queue' | 'agent'
}

export async function standing(s: Session): Promise<Standing> {
  return (await (await call('GET', at(s, `/v1/conversations/${s.id}`), s.token)).json()) as Standing
}

// rate keeps how satisfied the customer is, 1 to 5.
export async function rate(s: Session, score: number, comment: string): Promise<void> {
  await call('POST', at(s, `/v1/conversations/${s.id}/rating`), s.token, JSON.stringify(comment ? { score, comment } : { score }))
}

// askForPerson asks for one; how that goes on comes as transfer.updated.
export async function askForPerson(s: Session): Promise<{ state: string; reason?: string }> {
  return (await call('POST', at(s, `/v1/conversations/${s.id}/handoff`), s.token, '{}')).json() as Promise<{ state: string; reason?: string }>
}

// whenBack is when people are back, in words; '' is not known.
export async function whenBack(s: Session, language: string): Promise<string> {
  return ((await (await call('GET', at(s, `/v1/conversations/${s.id}/contact`), s.token, undefined, undefined, language)).json()) as { back?: string }).back ?? ''
}

// leaveContact leaves a question for people, and where the answer goes. With the same key once.
export async function leaveContact(s: Session, left: { name: string; email?: string; phone?: string; text: string }, key: string, language: string): Promise<void> {
  const r = await fetch(at(s, `/v1/conversations/${s.id}/contact`), {
    method: 'POST', body: JSON.stringify(left), headers: { Authorization: `Bearer ${s.token}`, 'Content-Type': 'application/json', 'Content-Language': language, 'Idempotency-Key': key },
  })
  if (!r.ok) await refuse(r)
}

// pass tells the others that the customer writes, or what was read.
export async function pass(s: Session, what: 'typing' | 'read', seq?: number): Promise<void> {
  await call('POST', at(s, `/v1/conversations/${s.id}/${what}`), s.token, seq === undefined ? undefined : JSON.stringify({ seq }))
}

// pageEvents tells what the customer did on the site's pages.
export async function pageEvents(s: Session, events: unknown[]): Promise<void> {
  await call('POST', at(s, `/v1/conversations/${s.id}/page-events`), s.token, JSON.stringify({ events }), 'application/json')
}

// transcript is the conversation as a file.

export async function transcript(s: Session, format: 'txt' | 'html', language: string): Promise<Blob> {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
  const query = new URLSearchParams({ format, ...(zone ? { zone } : {}) })
  return (await call('GET', at(s, `/v1/conversations/${s.id}/transcript?${query}`), s.token, undefined, '', language)).blob()
}
