// Pictures of a message: which are taken, and what was understood.

import type { Identifier, Seen } from './events'

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
