// Sending one message: words as JSON, pictures as a form.

import { ApiError, at, refusal, type Session } from './api'
import type { Outgoing, Send, Taken } from './outbox'

// A request that is silent for so long is given up, in milliseconds. It may have been
// taken all the same, so that what follows is another try with the same key.
export const patience = { answer: 30_000, progress: 60_000 }

// sender gives what an Outbox sends with. language is asked for each message: the page may
// have changed it.
export function sender(s: Session, language: () => string): Send {
  const url = at(s, `/v1/conversations/${s.id}/messages`)
  return (o, progress) => {
    const headers = { Authorization: `Bearer ${s.token}`, 'Content-Language': language(), 'Idempotency-Key': o.key }
    return o.files.length === 0 ? words(url, headers, o.text) : form(url, headers, o, progress)
  }
}

async function words(url: string, headers: Record<string, string>, text: string): Promise<Taken> {
  const late = AbortSignal.timeout(patience.answer)
  const r = await fetch(url, { method: 'POST', headers: { ...headers, 'Content-Type': 'application/json' }, body: JSON.stringify({ text }), signal: late })
  return taken(r.status, r.statusText, await r.text(), r.headers.get('Retry-After'))
}

// fetch does not tell how far an upload is.
function form(url: string, headers: Record<string, string>, o: Outgoing, progress: (share: number) => void): Promise<Taken> {
  return new Promise((resolve, reject) => {
    const body = new FormData()
    body.append('text', o.text)
    for (const f of o.files) body.append('image', f, f.name || 'picture')
    const x = new XMLHttpRequest()
    let timer: ReturnType<typeof setTimeout>
    const moved = () => {
      clearTimeout(timer)
      timer = setTimeout(() => x.abort(), patience.progress)
    }
    x.open('POST', url)
    for (const [name, value] of Object.entries(headers)) x.setRequestHeader(name, value)
    x.upload.onprogress = (e) => {
      moved()
      if (e.lengthComputable) progress(e.loaded / e.total)
    }
    x.onloadend = () => {
      clearTimeout(timer)
      if (x.status === 0) return reject(new TypeError('network'))
      try {
        resolve(taken(x.status, x.statusText, x.responseText, x.getResponseHeader('Retry-After')))
      } catch (err) {
        reject(err as Error)
      }
    }
    moved()
    x.send(body)
  })
}

// taken reads the server's answer. An answer that is none of Parley's (a portal's page with
// status 200, half a body) proves nothing: the message is tried again.
function taken(status: number, statusText: string, text: string, retryAfter: string | null): Taken {
  if (status < 200 || status >= 300) throw refusal(status, statusText, text, retryAfter)
  try {
    const t = JSON.parse(text) as Partial<Taken>
    if (typeof t.id === 'string' && typeof t.seq === 'number') return { id: t.id, seq: t.seq }
  } catch {
    // As below.
  }
  throw new ApiError({ title: 'unreadable answer', status: 502 })
}
