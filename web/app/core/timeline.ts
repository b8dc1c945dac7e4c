// One conversation as an agent sees it: what was said by whatever channel, notes among
// colleagues, and what happened to it, in one order.
import type { Event, MessageData, Run } from './events'
import { add, empty, type Line, type Transcript } from './transcript'

export type Mark =
  | { kind: 'note'; key: string; at: string; author: string; text: string }
  | { kind: 'transfer'; key: string; at: string; state: string; name: string; from: boolean; queue: string; reason: string }
  | { kind: 'held'; key: string; at: string; holder: string; state: string }
  | { kind: 'call'; key: string; at: string; up: boolean }
  | { kind: 'tool'; key: string; at: string; run: Run }

export interface Timeline {
  transcript: Transcript
  authors: Record<string, string> // of agents' messages, by id
  marks: Mark[]
  typing: number // when the customer was last seen to write, ms since 1970
}

export const nothing: Timeline = { transcript: empty, authors: {}, marks: [], typing: 0 }

export type Entry = { at: string; key: string; line: Line } | { at: string; key: string; mark: Mark }

interface Other { seq?: number; type: string; at: string; data: Record<string, unknown> }

// take adds one event.
export function take(t: Timeline, e: Event): Timeline {
  const x = e as unknown as Other
  const word = (k: string) => String(x.data[k] ?? '')
  const mark = (m: Mark): Timeline => ({ ...t, marks: [...t.marks.filter((o) => o.key !== m.key), m] })
  switch (x.type) {
    case 'note.created':
      return mark({ kind: 'note', key: word('id'), at: x.at, author: word('author'), text: word('text') })
    case 'tool.ran': {
      const run = x.data as unknown as Run
      return mark({ kind: 'tool', key: run.id, at: run.at, run })
    }
    case 'transfer.updated':
      if (word('state') === 'offering' || t.marks.some((m) => m.kind === 'transfer' && m.key.startsWith(word('id') + word('state')) && word('state') === 'queued')) return t
      return mark({ kind: 'transfer', key: word('id') + word('state') + String(x.seq), at: x.at, state: word('state'), name: word('name'), from: word('from') !== '', queue: word('queue'), reason: word('reason') })
    case 'conversation.updated':
      return word('state') === 'closed' ? mark({ kind: 'held', key: `held${x.seq}`, at: x.at, holder: word('holder'), state: word('state') }) : t
    case 'call.started':
    case 'call.ended':
      t = mark({ kind: 'call', key: x.type + String(x.seq), at: x.at, up: x.type === 'call.started' })
      break
    case 'typing':
      return word('from') === 'customer' ? { ...t, typing: Date.parse(x.at) || Date.now() } : t
    case 'message.created': {
      const m = x.data as unknown as MessageData & { author?: string }
      if (m.author) t = { ...t, authors: { ...t.authors, [m.id]: m.author } }
      if (m.from === 'customer') t = { ...t, typing: 0 }
      break
    }
  }
  return { ...t, transcript: add(t.transcript, e) }
}

// entries are all of it, oldest first.
export function entries(t: Timeline): Entry[] {
  const all: Entry[] = [...t.transcript.lines.map((line) => ({ at: line.at, key: line.key, line })), ...t.marks.map((mark) => ({ at: mark.at, key: mark.key, mark }))]
  return all.map((e, i) => ({ e, i })).sort((a, b) => (a.e.at < b.e.at ? -1 : a.e.at > b.e.at ? 1 : a.i - b.i)).map((x) => x.e)
}
