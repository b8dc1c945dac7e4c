// Pictures of a message: which are taken, how their sending stands, and what was understood.

import type { Identifier, Seen } from './events'
import type { Line } from './transcript'

export const maxPictures = 6
export const maxBytes = 40 << 20 // of one message's pictures together

export type NotTaken = 'many' | 'large' | 'kind'

// pick adds files to those that are chosen already, as far as a message takes them. A file
// without a type is left to the server, which looks at the content.
export function pick(have: File[], more: File[]): { files: File[]; not?: NotTaken } {
  const files = [...have]
  let not: NotTaken | undefined
  let bytes = have.reduce((n, f) => n + f.size, 0)
  for (const f of more) {
    if (f.type && !f.type.startsWith('image/')) not ??= 'kind'
    else if (files.length === maxPictures) not ??= 'many'
    else if (bytes + f.size > maxBytes) not ??= 'large'
    else {
      files.push(f)
      bytes += f.size
    }
  }
  return { files, not }
}

// Outgoing is a message with pictures that is not in the transcript yet.
export interface Outgoing {
  key: string // of idempotency: another try has the same
  text: string
  files: File[]
  known: string[] // the lines there were when it was sent
  state: 'sending' | 'failed'
  share: number // of it that has left, 0 to 1
  id?: string // once the server has told it
  err?: unknown
}

// landed finds the line that an outgoing message has become. The event often comes before
// the answer that names the message, and without one when the connection was cut.
export function landed(o: Outgoing, lines: Line[]): Line | undefined {
  if (o.id) return lines.find((l) => l.key === o.id)
  // A form has its own ends of lines.
  const plain = (text: string) => text.replace(/\r\n/g, '\n')
  return lines.find((l) => l.from === 'customer' && l.images.length === o.files.length && plain(l.text) === plain(o.text) && !o.known.includes(l.key))
}

// newKey works without a secure context too, where randomUUID does not.
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join('')
}

const mostChips = 3
const sureFrom = 0.6

export interface Chip {
  kind: Identifier['kind']
  value: string
  sure: boolean
}

// chips are the identifiers to show of a picture, best first, each value once. Amounts and
// dates stand in every receipt: they are shown where nothing else was found.
export function chips(seen: Seen): Chip[] {
  const out: Chip[] = []
  const all = seen.identifiers ?? []
  const telling = all.filter((i) => i.kind !== 'amount' && i.kind !== 'date')
  for (const i of telling.length > 0 ? telling : all) {
    if (out.length === mostChips) break
    if (!out.some((c) => c.value === i.value)) out.push({ kind: i.kind, value: i.value, sure: i.confidence >= sureFrom })
  }
  return out
}
