import { describe, expect, it } from 'vitest'
import type { Event } from './events'
import { add, empty, rest } from './transcript'

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

describe('rest', () => {
  it('ignores spacing', () => expect(rest('a b  c d', 'a b c')).toBe(' d'))
  it('says nothing when heard is not the beginning', () => expect(rest('a b', 'x')).toBe(''))
  it('works in Chinese', () => expect(rest('可以退货，请带小票。', '可以退货，')).toBe('请带小票。'))
})
