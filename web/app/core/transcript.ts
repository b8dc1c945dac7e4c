import type { Citation, Event, Measured, MessageData, Requested, Seen } from './events'

export interface Picture {
  url: string
  seen?: Seen // what was understood of it; none yet
}

export interface Line {
  key: string
  from: MessageData['from']
  via: 'chat' | 'voice'
  text: string
  images: Picture[]
  unheard: string // of a reply that was cut off: what the customer did not hear
  cut: boolean
  open: boolean // still being said
  ahead: string // of a reply that is being spoken: what is still to come
  citations: Citation[]
  shown: string
  span?: { call: string; from: number; to: number } // where in a call it was said, ms
  wait?: Measured
  at: string
}

export interface Transcript {
  lines: Line[]
  partial: string // what the customer is saying right now
  drafts: Record<string, string> // replies in the making, by id
  recording: boolean // the call is being recorded
  calling: boolean // a call is up: what the bot says is spoken
  asked?: Requested // a picture that is asked for, and has not come
}

export const empty: Transcript = { lines: [], partial: '', drafts: {}, recording: false, calling: false }

const blank = { images: [], unheard: '', cut: false, open: false, ahead: '', citations: [], shown: '' }

// rest is what follows heard in the full text; words are compared without
// regard to spacing, for the voice trims what the model wrote.
export function rest(full: string, heard: string): string {
  let i = 0
  for (const c of heard) {
    if (/\s/.test(c)) continue
    while (i < full.length && /\s/.test(full[i] ?? '')) i++
    if (!full.startsWith(c, i)) return ''
    i += c.length
  }
  return full.slice(i)
}

function created(t: Transcript, m: MessageData, at: string): Transcript {
  const full = t.drafts[m.id] ?? ''
  const drafts = { ...t.drafts }
  delete drafts[m.id]
  const line: Line = {
    ...blank, key: m.id, from: m.from, via: m.via, text: m.text, images: (m.images ?? []).map((url) => ({ url })), cut: m.cut ?? false,
    unheard: m.cut ? rest(full, m.text) : '', citations: m.citations ?? [], shown: m.shown ?? '', at,
    span: m.call && m.end_ms ? { call: m.call, from: m.start_ms ?? 0, to: m.end_ms } : undefined,
  }
  const lines = t.lines.filter((l) => l.key !== m.id)
  const partial = m.from === 'customer' && m.via === 'voice' ? '' : t.partial
  const asked = m.from === 'customer' && line.images.length > 0 ? undefined : t.asked
  return { ...t, lines: [...lines, line], partial, drafts, asked }
}

// wanted is the picture that is asked for at a time, if there is a way for it from here.
export function wanted(t: Transcript, now: number): Requested | undefined {
  const r = t.asked
  return !r || r.link || (r.until !== undefined && Date.parse(r.until) <= now) ? undefined : r
}

// spoken parts a reply in the making where its voice is.
function spoken(t: Transcript, id: string, text: string): Transcript {
  const full = t.drafts[id] ?? ''
  const ahead = rest(full, text)
  const lines = t.lines.map((l) => (l.key === id && l.open ? { ...l, text: full.slice(0, full.length - ahead.length), ahead } : l))
  return { ...t, lines }
}

// add takes one event into the transcript.
export function add(t: Transcript, e: Event): Transcript {
  switch (e.type) {
    case 'message.created':
      return created(t, e.data, e.at)
    case 'message.delta': {
      const text = (t.drafts[e.data.id] ?? '') + e.data.text
      const line: Line = { ...blank, key: e.data.id, from: 'bot', via: 'voice', ...(t.calling ? { text: '', ahead: text } : { text }), open: true, at: e.at }
      const known = t.lines.some((l) => l.key === e.data.id)
      const lines = known ? t.lines.map((l) => (l.key === e.data.id ? (l.ahead ? { ...l, ahead: l.ahead + e.data.text } : { ...l, text }) : l)) : [...t.lines, line]
      return { ...t, lines, drafts: { ...t.drafts, [e.data.id]: text } }
    }
    case 'speech.partial':
      return e.data.from === 'customer' ? { ...t, partial: e.data.text } : e.data.id ? spoken(t, e.data.id, e.data.text) : t
    case 'image.requested':
      return { ...t, asked: e.data }
    case 'image.read': {
      const { message, image, ...seen } = e.data
      const look = (l: Line) => ({ ...l, images: l.images.map((p) => (p.url === image ? { ...p, seen } : p)) })
      return { ...t, lines: t.lines.map((l) => (l.key === message ? look(l) : l)) }
    }
    case 'turn.measured':
      return { ...t, lines: t.lines.map((l) => (l.key === e.data.turn ? { ...l, wait: e.data } : l)) }
    case 'call.started':
      return { ...t, calling: true }
    case 'call.recording':
      return { ...t, recording: e.data.on }
    case 'call.ended':
      return { ...t, partial: '', recording: false, calling: false, lines: t.lines.filter((l) => !l.open), asked: t.asked?.call === e.data.call ? undefined : t.asked }
    default:
      return t
  }
}
