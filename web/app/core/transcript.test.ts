import { describe, expect, it } from 'vitest'
import type { Event } from './events'
import { add, empty, rest, wanted } from './transcript'

const delta = (id: string, text: string): Event => ({ type: 'message.delta', at: '', data: { id, text } })
const message = (seq: number, id: string, text: string, more = {}): Event => ({
  seq, type: 'message.created', at: '', data: { id, from: 'bot', via: 'voice', text, ...more },
})

describe('transcript', () => {
  it('shows a reply as it is made, then as it was kept', () => {
    let t = add(add(empty, delta('a', 'Your parcel ')), delta('a', 'is here.'))
    expect(t.lines).toMatchObject([{ key: 'a', text: 'Your parcel is here.', open: true }])
    t = add(t, message(1, 'a', 'Your parcel is here.'))
    expect(t.lines).toMatchObject([{ text: 'Your parcel is here.', open: false, unheard: '' }])
  })

  it('keeps what was cut off apart from what was heard', () => {
    const t = add(add(empty, delta('a', 'You can return it within 30 days. Bring the receipt.')), message(1, 'a', 'You can return it', { cut: true }))
    expect(t.lines[0]).toMatchObject({ text: 'You can return it', unheard: ' within 30 days. Bring the receipt.', cut: true })
  })

  it('drops what was never heard at all when the call ends', () => {
    const t = add(add(empty, delta('a', 'Never mind')), { seq: 2, type: 'call.ended', at: '', data: { call: 'c' } })
    expect(t.lines).toEqual([])
  })

  it('clears the partial when the turn is there', () => {
    let t = add(empty, { type: 'speech.partial', at: '', data: { from: 'customer', text: 'can I ret' } })
    expect(t.partial).toBe('can I ret')
    t = add(t, message(3, 'c', 'can I return', { from: 'customer' }))
    expect(t.partial).toBe('')
  })
})

describe('recording', () => {
  const on = (seq: number, on: boolean): Event => ({ seq, type: 'call.recording', at: '', data: { call: 'c', on } })
  it('is shown as it is', () => {
    expect(add(empty, on(1, true)).recording).toBe(true)
    expect(add(add(empty, on(1, true)), on(2, false)).recording).toBe(false)
  })
  it('lasts over what is said, and ends with the call', () => {
    const t = add(add(empty, on(1, true)), message(2, 'a', 'Hello.'))
    expect(t.recording).toBe(true)
    expect(add(t, { seq: 3, type: 'call.ended', at: '', data: { call: 'c' } }).recording).toBe(false)
  })
})

describe('pictures', () => {
  it('tell what was understood of each', () => {
    let t = add(add(empty, message(1, 'a', '', { from: 'customer', via: 'chat', images: ['/1', '/2'] })), message(2, 'b', 'A moment.'))
    expect(t.lines[0]?.images).toEqual([{ url: '/1' }, { url: '/2' }])
    t = add(t, { seq: 3, type: 'image.read', at: '', data: { message: 'a', image: '/2', kind: 'other', trouble: 'blurred' } })
    expect(t.lines.map((l) => l.images)).toEqual([[{ url: '/1' }, { url: '/2', seen: { kind: 'other', trouble: 'blurred' } }], []])
  })
})

describe('a picture that is asked for', () => {
  const ask = (seq: number, more = {}): Event => ({ seq, type: 'image.requested', at: '', data: { id: 'r', reason: 'Please send a picture of your screen.', until: '2030-01-01T00:15:00Z', ...more } })
  const before = Date.parse('2030-01-01T00:00:00Z')
  it('stands until it comes', () => {
    let t = add(add(empty, ask(1)), message(2, 'a', 'Here it is.', { from: 'customer', via: 'chat' }))
    expect(wanted(t, before)?.reason).toBe('Please send a picture of your screen.')
    t = add(t, message(3, 'b', '', { from: 'customer', via: 'chat', images: ['/1'] }))
    expect(wanted(t, before)).toBeUndefined()
  })
  it('stands for a while, and in its call', () => {
    const t = add(empty, ask(1, { call: 'c' }))
    expect(wanted(t, before + 16 * 60_000)).toBeUndefined()
    expect(wanted(add(t, { seq: 2, type: 'call.ended', at: '', data: { call: 'other' } }), before)).toBeDefined()
    expect(wanted(add(t, { seq: 2, type: 'call.ended', at: '', data: { call: 'c' } }), before)).toBeUndefined()
  })
  it('is no button where a link goes to the phone', () => expect(wanted(add(empty, ask(1, { link: true })), before)).toBeUndefined())
})

describe('captions', () => {
  const voice = (text: string): Event => ({ type: 'speech.partial', at: '', data: { from: 'bot', id: 'r', text } })
  it('go with the voice', () => {
    let t = add(add(empty, delta('r', 'It is on its way. ')), voice('It is'))
    expect(t.lines.map((l) => [l.text, l.ahead])).toEqual([['It is', ' on its way. ']])
    t = add(t, delta('r', 'It comes tomorrow.'))
    expect(t.lines.map((l) => [l.text, l.ahead])).toEqual([['It is', ' on its way. It comes tomorrow.']])
    t = add(t, voice('It is on its way. It comes tomorrow.'))
    expect(t.lines.map((l) => [l.text, l.ahead])).toEqual([['It is on its way. It comes tomorrow.', '']])
    t = add(t, message(1, 'r', 'It is on its way. It comes tomorrow.'))
    expect(t.lines.map((l) => [l.text, l.open])).toEqual([['It is on its way. It comes tomorrow.', false]])
  })
})

describe('waits', () => {
  it('stand at the reply they were waited for', () => {
    const wait = { turn: 'a', endpoint_ms: 300, asr_ms: 20, retrieve_ms: 3, llm_ms: 100, tts_ms: 50, playout_ms: 20, total_ms: 493, draft: false }
    const t = add(add(add(empty, message(1, 'a', 'Yes.')), message(2, 'b', 'No.')), { seq: 3, type: 'turn.measured', at: '', data: wait })
    expect(t.lines.map((l) => l.wait?.total_ms)).toEqual([493, undefined])
  })
})

describe('rest', () => {
  it('ignores spacing', () => expect(rest('a b  c d', 'a b c')).toBe(' d'))
  it('says nothing when heard is not the beginning', () => expect(rest('a b', 'x')).toBe(''))
  it('works in Chinese', () => expect(rest('可以退货，请带小票。', '可以退货，')).toBe('请带小票。'))
})
