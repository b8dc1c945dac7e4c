import { describe, expect, it } from 'vitest'
import type { Seen } from './events'
import { chips, maxBytes, newKey, pick } from './pictures'

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
