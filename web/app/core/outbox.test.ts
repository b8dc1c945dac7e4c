import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ApiError } from './api'
import type { Event } from './events'
import { most, Outbox, serverTries, type Kept, type Outgoing, type Taken } from './outbox'

// Tries are requests that the test answers by hand.
interface Try {
  o: Outgoing
  take: (t: Taken) => void
  fail: (err: unknown) => void
}

let page: EventTarget
let tries: Try[]
let items: readonly Outgoing[]
const boxes: Outbox[] = []

function box(kept?: Kept, now?: () => number) {
  const b = new Outbox({
    name: 'conv_1', kept, now,
    send: (o) => new Promise((take, fail) => tries.push({ o, take, fail })),
    changed: (all) => (items = all),
  })
  boxes.push(b)
  return b
}
const flush = () => vi.advanceTimersByTimeAsync(0)
const later = (ms: number) => vi.advanceTimersByTimeAsync(ms)
const last = () => tries[tries.length - 1] as Try
const status = (code: number, retryAfter?: number) => new ApiError({ title: 'no', status: code }, retryAfter)
const created = (seq: number, id: string, key?: string) => ({ seq, type: 'message.created', at: '', data: { id, key, from: 'customer', via: 'chat', text: '' } }) as Event
const texts = () => tries.map((t) => t.o.text)

class Memory implements Kept {
  all = new Map<string, string>()
  get length() {
    return this.all.size
  }
  key = (i: number) => [...this.all.keys()].reverse()[i] ?? null // in no order that means anything
  getItem = (k: string) => this.all.get(k) ?? null
  setItem = (k: string, v: string) => void this.all.set(k, v)
  removeItem = (k: string) => void this.all.delete(k)
}

beforeEach(() => {
  vi.useFakeTimers()
  page = new EventTarget()
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page))
  vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page))
  tries = []
  items = []
})
afterEach(() => {
  boxes.splice(0).forEach((b) => b.close())
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('Outbox', () => {
  it('sends one at a time, in order', async () => {
    const b = box()
    b.post('one')
    b.post('two')
    expect(texts()).toEqual(['one'])
    last().take({ id: 'm1', seq: 1 })
    await flush()
    expect(texts()).toEqual(['one', 'two'])
    expect(items.map((i) => i.state)).toEqual(['sent', 'sending'])
  })

  it('holds a message until its event comes, whichever is first', async () => {
    const b = box()
    b.post('one')
    last().take({ id: 'm1', seq: 4 })
    await flush()
    b.see(created(3, 'other'))
    expect(items.map((i) => i.state)).toEqual(['sent'])
    b.see(created(4, 'm1'))
    expect(items).toEqual([])
    b.post('two')
    b.see(created(6, 'm2')) // a server that does not tell the key
    last().take({ id: 'm2', seq: 6 })
    await flush()
    expect(items).toEqual([])
  })

  it('drops what was taken when later events have come', async () => {
    const b = box()
    b.post('one')
    last().take({ id: 'm1', seq: 4 })
    await flush()
    b.see({ seq: 5, type: 'call.ended', at: '', data: { call: 'c' } })
    expect(items).toEqual([])
  })

  it('knows its message by the key, and goes on without the answer', async () => {
    const b = box()
    const one = b.post('one')
    b.post('two')
    b.see(created(1, 'm1', one?.key))
    expect(texts()).toEqual(['one', 'two'])
    tries[0]?.fail(new TypeError('network'))
    await later(60_000)
    expect(texts()).toEqual(['one', 'two'])
  })

  it('tries again with the same key while the network fails, for as long as it takes', async () => {
    const b = box()
    b.post('one')
    for (let i = 0; i < 20; i++) {
      last().fail(new TypeError('network'))
      await later(30_000)
    }
    expect(tries).toHaveLength(21)
    expect(new Set(tries.map((t) => t.o.key)).size).toBe(1)
    expect(items[0]).toMatchObject({ state: 'sending', tries: 20 })
  })

  it('waits longer each time, and not at all when the network is back', async () => {
    const b = box()
    b.post('one')
    for (let i = 0; i < 6; i++) {
      last().fail(new TypeError('network'))
      await later(30_000)
    }
    last().fail(new TypeError('network'))
    await later(7_999)
    expect(tries).toHaveLength(7)
    page.dispatchEvent(new globalThis.Event('online'))
    expect(tries).toHaveLength(8)
  })

  it('does as Retry-After says, even when the network is back', async () => {
    const b = box()
    b.post('one')
    last().fail(status(429, 20))
    await later(19_999)
    page.dispatchEvent(new globalThis.Event('online'))
    expect(tries).toHaveLength(1)
    await later(1)
    expect(tries).toHaveLength(2)
  })

  it('is not hurried by the event of another', async () => {
    const b = box()
    const one = b.post('one')
    b.post('two')
    last().fail(status(404))
    await flush()
    last().fail(status(429, 20))
    await flush()
    b.see(created(1, 'm1', one?.key))
    expect(items.map((i) => i.text)).toEqual(['two'])
    await later(19_999)
    expect(tries).toHaveLength(2)
  })

  it('takes a conflict as a passing one only while the first try runs', async () => {
    const b = box()
    b.post('one')
    last().fail(status(409, 1))
    await later(1000)
    expect(tries).toHaveLength(2)
    last().fail(status(409))
    await flush()
    expect(items[0]).toMatchObject({ state: 'failed', reason: 'over' })
  })

  it('says what was refused, goes on with the next, and tries again by hand', async () => {
    const b = box()
    const one = b.post('one')
    b.post('two')
    last().fail(status(422))
    await flush()
    expect(items[0]).toMatchObject({ state: 'failed', reason: 'refused' })
    expect(texts()).toEqual(['one', 'two'])
    last().take({ id: 'm2', seq: 1 })
    await flush()
    b.again(one?.key ?? '')
    expect(texts()).toEqual(['one', 'two', 'one'])
    expect(last().o.key).toBe(one?.key)
    b.drop(one?.key ?? '')
    expect(items).toHaveLength(2) // on its way again: not to be dropped
    last().fail(status(413))
    await flush()
    b.drop(one?.key ?? '')
    expect(items.map((i) => i.text)).toEqual(['two'])
  })

  it('leaves a server that errs again and again to the customer', async () => {
    const b = box()
    b.post('one')
    for (let i = 0; i < serverTries; i++) {
      expect(items[0]?.state).toBe('sending')
      last().fail(status(500))
      await later(30_000)
    }
    expect(tries).toHaveLength(serverTries)
    expect(items[0]).toMatchObject({ state: 'failed', reason: 'server' })
  })

  it('comes again to an overloaded server for as long as that asks for it', async () => {
    const b = box()
    b.post('one')
    for (let i = 0; i < 2 * serverTries; i++) {
      last().fail(status(503, 2))
      await later(30_000)
    }
    expect(items[0]?.state).toBe('sending')
  })

  it('is bounded', () => {
    const b = box()
    for (let i = 0; i < most; i++) expect(b.post('x')).toBeDefined()
    expect(b.post('x')).toBeUndefined()
    expect(items).toHaveLength(most)
  })

  it('goes on after a reload, in order, with the same keys', async () => {
    const kept = new Memory()
    const b = box(kept)
    const keys = ['one', 'two', 'three'].map((t) => b.post(t)?.key)
    b.close()
    tries = []
    box(kept)
    for (let i = 1; i <= 3; i++) {
      last().take({ id: 'm' + i, seq: i })
      await flush()
    }
    expect(tries.map((t) => t.o.key)).toEqual(keys)
    expect(texts()).toEqual(['one', 'two', 'three'])
  })

  it('drops what a replay of the conversation shows to have arrived', () => {
    const kept = new Memory()
    const one = box(kept).post('one')
    boxes.splice(0).forEach((b) => b.close())
    const b = box(kept)
    b.see(created(9, 'm1', one?.key))
    expect(items).toEqual([])
    expect(kept.length).toBe(0)
  })

  it('is honest about pictures that went with the page', () => {
    const kept = new Memory()
    box(kept).post('look', [new File(['x'], 'a.png')])
    boxes.splice(0).forEach((b) => b.close())
    tries = []
    const b = box(kept)
    expect(tries).toEqual([])
    expect(items[0]).toMatchObject({ text: 'look', state: 'failed', reason: 'files' })
    b.again(items[0]?.key ?? '')
    expect(items[0]?.state).toBe('failed')
  })

  it('asks before it sends what the server may have forgotten the key of', () => {
    const kept = new Memory()
    let now = 1e12
    const old = box(kept, () => now).post('one')
    boxes.splice(0).forEach((b) => b.close())
    now += 23 * 3600_000 + 1
    tries = []
    const b = box(kept, () => now)
    expect(tries).toEqual([])
    expect(items[0]).toMatchObject({ state: 'failed', reason: 'stale' })
    b.again(old?.key ?? '')
    expect(last().o.key).not.toBe(old?.key)
    expect(kept.length).toBe(1)
  })

  it('works where nothing can be kept, and reads nothing that is not its own', () => {
    const kept = new Memory()
    kept.setItem('conv_1.k', '{"key":1}')
    kept.setItem('conv_1.l', 'no JSON')
    kept.setItem('conv_2.k', JSON.stringify({ key: 'k', text: 'x', at: 1, state: 'sending', pictures: 0 }))
    box(kept)
    expect(tries).toEqual([])
    const forbidden = { length: 0, key: () => null, getItem: () => null, removeItem: () => {}, setItem: () => { throw new DOMException('', 'QuotaExceededError') } }
    box(forbidden).post('one')
    expect(texts()).toEqual(['one'])
  })
})
