import { describe, expect, it } from 'vitest'
import type { Event } from './events'
import { checksum, takeApart } from './ogg'
import { columns } from './peaks'
import { found, parts, playing, tracks } from './recorded'

const event = (seq: number, s: number, type: string, data: object) => ({ seq, type, at: new Date(Date.UTC(2026, 10, 30, 10, 0, s)).toISOString(), data }) as unknown as Event
const turn = (id: string, from: string, text: string, start: number, end: number, more = {}) => ({ id, from, via: 'voice', text, call: 'c', start_ms: start, end_ms: end, ...more })

const told = tracks([
  event(1, 0, 'call.started', { call: 'c' }),
  event(2, 0, 'call.recording', { call: 'c', on: true }),
  event(3, 9, 'message.created', turn('b', 'bot', 'Two to four days', 4000, 8000, { cut: true })),
  event(4, 9, 'message.created', turn('a', 'customer', 'How long?', 1000, 3000)),
  event(5, 11, 'message.created', { id: 'k', from: 'customer', via: 'voice', text: '4815', call: 'c' }),
  event(6, 12, 'transfer.updated', { id: 't', state: 'queued', queue: 'sales' }),
  event(7, 13, 'transfer.updated', { id: 't', state: 'queued', queue: 'sales' }),
  event(8, 14, 'call.recording', { call: 'c', on: false }),
  event(9, 15, 'message.created', { id: 'w', from: 'customer', via: 'chat', text: 'typed' }),
  event(10, 20, 'call.ended', { call: 'c' }),
  event(11, 25, 'transfer.updated', { id: 't', state: 'failed' }),
])

describe('a call on its own clock', () => {
  it('has each sentence and mark at its place, and nothing of what is not the call', () => {
    expect(told).toHaveLength(1)
    expect(told[0]?.entries.map((e) => [e.kind, e.from])).toEqual([['said', 1000], ['said', 4000], ['cut', 8000], ['keypad', 11000], ['transfer', 12000], ['recording', 14000]])
  })
  it('tells when the recording begins late, stops and goes on', () => {
    const on = (seq: number, is: boolean) => event(seq, seq, 'call.recording', { call: 'c', on: is })
    const words = (...es: Event[]) => tracks([event(1, 0, 'call.started', { call: 'c' }), ...es])[0]?.entries.flatMap((e) => (e.kind === 'recording' ? [e.word] : []))
    expect(words(on(2, true), on(3, false), on(4, true))).toEqual(['off', 'on'])
    expect(words(event(2, 2, 'message.created', turn('b', 'bot', 'This call is recorded', 0, 2000)), on(3, true))).toEqual(['begins'])
  })
  it('has what the bot did in a business system where it was, though it is written down after the call', () => {
    const run = (seq: number, s: number, done: number, state: string) => event(seq, s, 'tool.ran', { id: `r${done}`, tool: 'track_order', effect: 'read', state, at: new Date(Date.UTC(2026, 10, 30, 10, 0, done)).toISOString(), ms: 90 })
    const [call] = tracks([event(1, 0, 'call.started', { call: 'c' }), run(2, 6, 5, 'failed'), event(3, 10, 'call.ended', { call: 'c' }), run(4, 12, 5, 'ok'), run(5, 13, 11, 'ok')])
    expect(call?.entries.map((e) => [e.kind, e.from, e.kind === 'tool' && e.word])).toEqual([['tool', 5000, 'ok']])
  })
  it('knows the sentence of a time', () => {
    const at = (ms: number) => playing(told[0]?.entries ?? [], ms)
    expect([at(0), at(999), at(1000), at(3500), at(4000), at(60_000)]).toEqual(['', '', 'a', 'a', 'b', 'b'])
  })
  it('finds words', () => {
    const e = told[0]?.entries ?? []
    expect([found(e, ' '), found(e, 'FOUR'), found(e, '481'), found(e, 'x')]).toEqual([[], ['b'], ['k'], []])
    expect(parts('Four or four', 'four')).toEqual(['', 'Four', ' or ', 'four', ''])
    expect(parts('三到四天', '四')).toEqual(['三到', '四', '天'])
  })
})

// page is an Ogg page of packets.
function page(granule: number, seq: number, ...packets: Uint8Array[]): Uint8Array {
  const body = packets.flatMap((p) => [...p])
  const b = new Uint8Array([...new TextEncoder().encode('OggS'), 0, 0, ...new Array<number>(20).fill(0), packets.length, ...packets.map((p) => p.length), ...body])
  const v = new DataView(b.buffer)
  v.setBigInt64(6, BigInt(granule), true)
  v.setUint32(18, seq, true)
  v.setUint32(22, checksum(b), true)
  return b
}
const join = (...bs: Uint8Array[]) => Uint8Array.from(bs.flatMap((b) => [...b]))
const head = join(page(0, 0, new Uint8Array([...new TextEncoder().encode('OpusHead'), 1, 2, 0x38, 1, 0, 0, 0, 0, 0, 0, 1, 2, 0, 0, 1])), page(0, 1, new Uint8Array([1])))
const recording = (seconds: number) => join(head, ...Array.from({ length: seconds }, (_, i) => page(312 + (i + 1) * 48_000, i + 2, new Uint8Array([i]))))

describe('a recording in pieces', () => {
  it('is cut where its pages are, each piece a file with its own clock', () => {
    const t = takeApart(recording(10), 4)
    expect(t.seconds).toBe(10)
    expect(t.pieces.map((p) => Math.round(p.at))).toEqual([0, 3, 7])
    for (const p of t.pieces) expect(takeApart(p.bytes, 99).pieces).toHaveLength(1)
    const again = t.pieces[1]?.bytes as Uint8Array
    expect(takeApart(again).seconds).toBeCloseTo(4 - 312 / 48_000, 6)
    const at = head.length
    const first = again.slice(at, at + 29)
    const sum = new DataView(first.buffer).getUint32(22, true)
    first.fill(0, 22, 26)
    expect(sum).toBe(checksum(first))
  })
  it('gives what is whole of one that is torn, and refuses what is none', () => {
    expect(takeApart(recording(10).slice(0, -5)).seconds).toBe(9)
    expect(takeApart(head).pieces).toEqual([])
    expect(() => takeApart(new Uint8Array([1, 2, 3]))).toThrow()
    expect(() => takeApart(new TextEncoder().encode('OggS but no more of it, and so on and on'))).toThrow()
  })
  it('shows the loudest under each column', () => {
    expect([...columns(Float32Array.from([0, 0.5, 0.25, 1]), 2)]).toEqual([0.5, 1])
    expect([...columns(Float32Array.from([0.5]), 3)]).toEqual([0.5, 0.5, 0.5])
    expect([...columns(new Float32Array(0), 2)]).toEqual([0, 0])
  })
})
