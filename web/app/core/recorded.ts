// What was said and what happened in a call, on the call's own clock.
import type { Event, MessageData, Run } from './events'

export type MarkKind = 'cut' | 'transfer' | 'keypad' | 'recording' | 'picture' | 'tool'

// Said is a sentence of a call; from and to are ms since its beginning.
export interface Said { kind: 'said'; key: string; party: MessageData['from']; author: string; text: string; from: number; to: number; cut: boolean }

// Mark is something that happened; word says what, in the server's own names.
export interface Mark { kind: MarkKind; key: string; from: number; word: string; name: string; run?: Run }

export type Entry = Said | Mark

// Track is one call, in the order of its clock.
export interface Track { call: string; began: string; entries: Entry[] }

// tracks are the calls of a conversation. What has a place in the call by itself keeps it; the
// rest is placed by the time it was written down, counted from the call's beginning.
export function tracks(events: Event[]): Track[] {
  const all: Track[] = []
  const ends = new Map<Track, number>()
  let now: Track | undefined
  let states = new Map<string, string>() // of transfers
  let paused: boolean | undefined // the recording of this call; undefined: it has not begun
  for (const e of events) {
    const since = (t: Track) => Math.max(0, Date.parse(e.at) - Date.parse(t.began))
    const mark = (kind: MarkKind, word: string, name = '') => now?.entries.push({ kind, key: `${kind}${e.seq}`, from: since(now), word, name })
    switch (e.type) {
      case 'call.started':
        now = { call: e.data.call, began: e.at, entries: [] }
        states = new Map()
        paused = undefined
        all.push(now)
        break
      case 'call.ended':
        if (now?.call !== e.data.call) break
        ends.set(now, Date.parse(e.at))
        now = undefined
        break
      case 'message.created': {
        const t = all.find((x) => x.call === e.data.call)
        if (t) t.entries.push(...said(e.data, since(t)))
        break
      }
      case 'transfer.updated':
        if (states.get(e.data.id) !== e.data.state && e.data.state !== 'offering') mark('transfer', e.data.state, e.data.name || e.data.queue)
        states.set(e.data.id, e.data.state)
        break
      case 'call.recording':
        // That it begins with the call is no news.
        if (now && (paused !== undefined || !e.data.on || now.entries.length > 0)) mark('recording', !e.data.on ? 'off' : paused ? 'on' : 'begins')
        paused = !e.data.on
        break
      case 'tool.ran': { // it is written down with the answer, and may come after the call
        const at = Date.parse(e.data.at)
        const t = all.find((x) => Date.parse(x.began) <= at && at <= (ends.get(x) ?? Infinity))
        if (!t) break
        t.entries = t.entries.filter((x) => x.key !== e.data.id)
        t.entries.push({ kind: 'tool', key: e.data.id, from: at - Date.parse(t.began), word: e.data.state, name: e.data.tool, run: e.data })
        break
      }
      case 'image.requested':
        mark('picture', e.data.reason)
        break
    }
  }
  for (const t of all) t.entries.sort((a, b) => a.from - b.from)
  return all
}

// said is a turn of a call as entries: a sentence, and where it was broken off; or keys.
function said(m: MessageData & { author?: string }, since: number): Entry[] {
  if (m.via !== 'voice') return []
  if (!m.end_ms || m.end_ms <= (m.start_ms ?? 0)) {
    return m.from === 'customer' && /^[0-9*]+$/.test(m.text) ? [{ kind: 'keypad', key: m.id, from: since, word: m.text, name: '' }] : []
  }
  const s: Said = { kind: 'said', key: m.id, party: m.from, author: m.author ?? '', text: m.text, from: m.start_ms ?? 0, to: m.end_ms, cut: m.cut ?? false }
  return s.cut ? [s, { kind: 'cut', key: `cut${m.id}`, from: s.to, word: '', name: '' }] : [s]
}

// playing is the sentence that is heard at a time, ms: the one that began last, until the next
// begins; '' before the first.
export function playing(entries: Entry[], ms: number): string {
  let key = ''
  for (const e of entries) {
    if (e.from > ms) break
    if (e.kind === 'said') key = e.key
  }
  return key
}

// found are the keys of the entries in which words are, whatever their case.
export function found(entries: Entry[], words: string): string[] {
  const w = words.trim().toLowerCase()
  return w ? entries.filter((e) => (e.kind === 'said' ? e.text : e.word).toLowerCase().includes(w)).map((e) => e.key) : []
}

// parts splits a text at the words that are searched for: every second part is one.
export function parts(text: string, words: string): string[] {
  const w = words.trim().toLowerCase()
  const low = text.toLowerCase()
  if (!w || low.length !== text.length) return [text]
  const out: string[] = []
  let at = 0
  for (let i = low.indexOf(w); i >= 0; i = low.indexOf(w, at)) {
    out.push(text.slice(at, i), text.slice(i, i + w.length))
    at = i + w.length
  }
  return [...out, text.slice(at)]
}
