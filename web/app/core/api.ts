// The customer's side of the HTTP API, as far as the pages use it.

export interface Problem {
  type?: string
  title: string
  status: number
  detail?: string
}

// ApiError carries the problem document of a refused request (RFC 9457).
export class ApiError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail ?? problem.title)
  }
}

export interface Session {
  id: string
  token: string
  ice_servers: RTCIceServer[]
}

async function refuse(r: Response): Promise<never> {
  throw refusal(r.status, r.statusText, await r.text())
}

function refusal(status: number, statusText: string, text: string): ApiError {
  let problem: Problem = { title: statusText || 'error', status }
  try {
    problem = { ...problem, ...(JSON.parse(text) as Problem) }
  } catch {
    // Something between us and the server answered in its own words.
  }
  return new ApiError(problem)
}

async function call(method: string, path: string, token?: string, body?: string, type = 'application/json', language = ''): Promise<Response> {
  const headers: Record<string, string> = {}
  if (language) headers['Content-Language'] = language
  if (token) headers.Authorization = `Bearer ${token}`
  if (body !== undefined) headers['Content-Type'] = type
  // A page that goes away still hangs up: keepalive outlives it.
  const r = await fetch(path, { method, headers, body, keepalive: method === 'DELETE' })
  return r.ok ? r : refuse(r)
}

export async function openConversation(locale: string): Promise<Session> {
  const r = await call('POST', '/v1/conversations', undefined, JSON.stringify({ channel: 'web', locale }))
  return (await r.json()) as Session
}

export async function sendText(s: Session, text: string, language: string): Promise<void> {
  await call('POST', `/v1/conversations/${s.id}/messages`, s.token, JSON.stringify({ text }), 'application/json', language)
}

// sendPictures sends a message with pictures and gives its id; progress goes from 0 to 1.
// fetch does not tell how far an upload is.
export function sendPictures(s: Session, text: string, files: File[], key: string, language: string, progress: (share: number) => void): Promise<string> {
  return new Promise((resolve, reject) => {
    const form = new FormData()
    form.append('text', text)
    for (const f of files) form.append('image', f, f.name || 'picture')
    const x = new XMLHttpRequest()
    x.open('POST', `/v1/conversations/${s.id}/messages`)
    x.setRequestHeader('Authorization', `Bearer ${s.token}`)
    x.setRequestHeader('Content-Language', language)
    x.setRequestHeader('Idempotency-Key', key)
    x.upload.onprogress = (e) => e.lengthComputable && progress(e.loaded / e.total)
    x.onerror = () => reject(new TypeError('network'))
    x.onload = () => {
      if (x.status >= 300) return reject(refusal(x.status, x.statusText, x.responseText))
      try {
        resolve((JSON.parse(x.responseText) as { id: string }).id)
      } catch (err) {
        reject(err as Error)
      }
    }
    x.send(form)
  })
}

// picture is one of the conversation's; small: at most 320 pixels a side.
export async function picture(token: string, url: string, small: boolean): Promise<Blob> {
  return (await call('GET', small ? `${url}?size=small` : url, token)).blob()
}

export interface Answer {
  location: string
  sdp: string
}

export async function startCall(s: Session, offer: string, language: string): Promise<Answer> {
  const r = await call('POST', `/v1/conversations/${s.id}/calls`, s.token, offer, 'application/sdp', language)
  return { location: r.headers.get('Location') ?? '', sdp: await r.text() }
}

// patchCall sends ICE candidates or a restart; the answer is '' or a fragment.
export async function patchCall(s: Session, location: string, fragment: string): Promise<string> {
  const r = await call('PATCH', location, s.token, fragment, 'application/trickle-ice-sdpfrag')
  return r.status === 204 ? '' : r.text()
}

// tellCall reports the page's playout delay, or the customer's wish about recording.
export async function tellCall(s: Session, location: string, what: { playout_ms?: number; recording?: boolean }): Promise<void> {
  await call('PATCH', location, s.token, JSON.stringify(what))
}

export async function hangUp(s: Session, location: string): Promise<void> {
  await call('DELETE', location, s.token)
}

export interface Capabilities {
  languages: { tag: string; hears: boolean; speaks: boolean }[]
  recording: boolean
  company?: string
}

export async function capabilities(): Promise<Capabilities> {
  return (await (await call('GET', '/v1/capabilities')).json()) as Capabilities
}
