import { describe, expect, it } from 'vitest'
import type { Seen } from './events'
import { chips, landed, maxBytes, newKey, pick, type Outgoing } from './pictures'
import { add, empty } from './transcript'

const file = (name: string, type = 'image/png', size = 10) => Object.defineProperty(new File(['x'], name, { type }), 'size', { value: size })

describe('pick', () => {
  it('adds up to six', () => {
    const six = [1, 2, 3, 4, 5, 6].map((n) => file(`${n}.png`))
    expect(pick(six.slice(0, 4), six.slice(4))).toEqual({ files: six, not: undefined })
    expect(pick(six, [file('7.png')])).toEqual({ files: six, not: 'many' })
  })
  it('takes pictures only, and leaves what has no type to the server', () => {
    const p = pick([], [file('a.pdf', 'application/pdf'), file('b.png'), file('c.heic', '')])
    expect([p.files.map((f) => f.name), p.not]).toEqual([['b.png', 'c.heic'], 'kind'])
  })
  it('keeps to the size of a message', () => {
    const p = pick([file('a.png', 'image/png', maxBytes - 5)], [file('b.png'), file('c.png', 'image/png', 5)])
    expect([p.files.map((f) => f.name), p.not]).toEqual([['a.png', 'c.png'], 'large'])
  })
})

describe('landed', () => {
  const created = (seq: number, id: string, images: string[], text = '') => ({ seq, type: 'message.created' as const, at: '', data: { id, from: 'customer' as const, via: 'chat' as const, text, images } })
  const before = add(empty, created(1, 'old', ['/1']))
  const o: Outgoing = { key: 'k', text: '', files: [file('a.png')], known: ['old'], state: 'sending', share: 1 }

  it('is not an earlier message that looks alike', () => expect(landed(o, before.lines)).toBeUndefined())
  it('is the new line before the server has answered', () => expect(landed(o, add(before, created(2, 'new', ['/2'])).lines)?.key).toBe('new'))
  it('is not a line with other text or more pictures', () => {
    const t = add(add(before, created(2, 'b', ['/2'], 'see')), created(3, 'c', ['/3', '/4']))
    expect(landed(o, t.lines)).toBeUndefined()
  })
  it('has the ends of lines of a form', () => expect(landed({ ...o, text: 'a\nb' }, add(before, created(2, 'new', ['/2'], 'a\r\nb')).lines)?.key).toBe('new'))
  it('is the one that the server named', () => {
    const t = add(add(before, created(2, 'b', ['/2'])), created(3, 'c', ['/3']))
    expect(landed({ ...o, id: 'c' }, t.lines)?.key).toBe('c')
  })
})

describe('chips', () => {
  const seen = (...found: [string, string, number][]) => ({ kind: 'screenshot', identifiers: found.map(([kind, value, confidence]) => ({ kind, value, confidence })) }) as Seen
  const values = (s: Seen) => chips(s).map((c) => c.value)
  it('show each value once, and what is not sure', () =>
    expect(chips(seen(['order', '204815', 0.93], ['reference', '204815', 0.7], ['error', 'E42', 0.4]))).toEqual([
      { kind: 'order', value: '204815', sure: true }, { kind: 'error', value: 'E42', sure: false },
    ]))
  it('are the best three', () => expect(values(seen(['order', '1', 1], ['serial', '2', 1], ['error', '3', 1], ['error', '4', 1]))).toEqual(['1', '2', '3']))
  it('are amounts and dates only where nothing else is', () => {
    expect(values(seen(['order', '1', 1], ['amount', '$1', 1]))).toEqual(['1'])
    expect(values(seen(['amount', '$1', 1], ['date', '1 May', 1]))).toEqual(['$1', '1 May'])
  })
  it('are none of a picture without any', () => expect(chips({ kind: 'other' })).toEqual([]))
})

describe('newKey', () => {
  it('differs each time', () => expect(newKey()).not.toBe(newKey()))
  it('is 32 digits', () => expect(newKey()).toMatch(/^[0-9a-f]{32}$/))
})
