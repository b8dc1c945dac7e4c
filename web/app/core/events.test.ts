import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { times, watch, type Event, type Link, type WatchOptions } from './events'

class Socket {
  static all: Socket[] = []
  onopen?: () => void
  onmessage?: (m: { data: string }) => void
  onclose?: (c?: { code: number }) => void
  closed = false
  readyState = 0
  sent: string[] = []
  constructor(readonly url: URL, readonly protocols: string[]) {
    Socket.all.push(this)
  }
  close() {
    this.closed = true
  }
  send(text: string) {
    this.sent.push(text)
  }
  open() {
    this.readyState = 1
    this.onopen?.()
  }
  say(e: object) {
    this.onmessage?.({ data: JSON.stringify(e) })
  }
}

const session = { id: 'conv_1', token: 'secret', ice_servers: [] }
const last = () => Socket.all[Socket.all.length - 1] as Socket
// cut ends the link and gives how long it took until another was tried.
const cut = () => {
  const at = Date.now()
  last().onclose?.()
  vi.advanceTimersToNextTimer()
  return Date.now() - at
}
const ended = (seq: number) => ({ seq, type: 'call.ended', data: {} })
const message = (seq: number, id: string) => ({ seq, type: 'message.created', data: { id } })
const delta = (id: string) => ({ type: 'message.delta', data: { id, text: 'x' } })
let page: EventTarget
let shown: EventTarget & { visibilityState: string }
let status: number | undefined // that a probe is answered with

beforeEach(() => {
  Socket.all = []
  page = new EventTarget()
  vi.useFakeTimers()
  shown = Object.assign(new EventTarget(), { visibilityState: 'visible' })
  status = undefined
  vi.stubGlobal('document', shown)
  vi.stubGlobal('navigator', { onLine: true })
  vi.stubGlobal('fetch', () => (status === undefined ? Promise.reject(new TypeError('network')) : Promise.resolve({ status })))
  vi.stubGlobal('WebSocket', Socket)
  vi.stubGlobal('location', { href: 'https://shop.example/' })
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page))
  vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page))
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

function watched(o?: WatchOptions, base?: string) {
  const seen: (number | undefined)[] = []
  const links: Link[] = []
  const stop = watch({ ...session, base }, (e: Event) => seen.push(e.seq), (l) => links.push(l), o)
  return { seen, links, stop }
}

describe('watch', () => {
  it('goes on after the last event it has seen, and shows none twice', () => {
    const w = watched()
    expect(last().url.href).toBe('wss://shop.example/v1/conversations/conv_1/events?after=0')
    expect(last().protocols).toEqual(['bearer.secret'])
    last().say(ended(1))
    last().say(ended(2))
    last().onclose?.()
    vi.advanceTimersByTime(500)
    expect(Socket.all).toHaveLength(2)
    expect(last().url.search).toBe('?after=2')
    last().say(ended(2))
    last().say(ended(3))
    expect(w.seen).toEqual([1, 2, 3])
    w.stop()
  })

  it('lets passing events through, which have no number', () => {
    const w = watched()
    last().say({ type: 'speech.partial', data: {} })
    last().say({ type: 'speech.partial', data: {} })
    expect(w.seen).toEqual([undefined, undefined])
    w.stop()
  })

  it('outlives a message it cannot read', () => {
    const w = watched()
    last().onmessage?.({ data: '{' })
    last().say(ended(1))
    expect(w.seen).toEqual([1])
    w.stop()
  })

  it('waits longer each time, eight seconds and their half again at most', () => {
    const w = watched()
    const waits = Array.from({ length: 10 }, cut)
    waits.forEach((ms, i) => {
      const least = Math.min(times.first * 2 ** i, times.most)
      expect(ms).toBeGreaterThanOrEqual(least)
      expect(ms).toBeLessThanOrEqual(least * 2)
    })
    expect(Socket.all).toHaveLength(11)
    w.stop()
  })

  it('comes back at once when the network does', () => {
    const w = watched()
    for (let i = 0; i < 6; i++) cut()
    last().onclose?.()
    page.dispatchEvent(new globalThis.Event('online'))
    expect(Socket.all).toHaveLength(8)
    w.stop()
  })

  it('says lost once the socket is, open once it is back, and nothing after stop', () => {
    const w = watched()
    const first = last()
    last().open()
    last().onclose?.()
    vi.advanceTimersByTime(500)
    last().open()
    expect(w.links).toEqual(['connecting', 'open', 'lost', 'open'])
    w.stop()
    last().onclose?.()
    vi.advanceTimersByTime(60000)
    expect(w.links).toHaveLength(4)
    expect([first.closed, last().closed]).toEqual([true, true])
  })

  it('begins where the page is, at the server that it is told', () => {
    const w = watched({ after: 7 }, 'http://127.0.0.1:8080')
    expect(last().url.href).toBe('ws://127.0.0.1:8080/v1/conversations/conv_1/events?after=7')
    last().say(ended(7))
    last().say(ended(8))
    expect(w.seen).toEqual([8])
    w.stop()
  })

  it('reads the log again where something is missing, and hears no more of the old socket', () => {
    const w = watched()
    last().say(ended(1))
    const old = last()
    const hears = old.onmessage
    last().say(ended(3))
    expect(Socket.all).toHaveLength(2)
    expect(old.closed).toBe(true)
    expect([old.onmessage, hears === undefined]).toEqual([null, false])
    expect(last().url.search).toBe('?after=1')
    last().say(ended(2))
    last().say(ended(3))
    expect(w.seen).toEqual([1, 2, 3])
    w.stop()
  })

  it('passes over what the log keeps from this page, asking once for each place', () => {
    const w = watched()
    last().say(ended(1))
    last().say(ended(3))
    last().say(ended(3))
    last().say(ended(5))
    last().say(ended(5))
    last().say(ended(6))
    expect(Socket.all).toHaveLength(3)
    expect(w.seen).toEqual([1, 3, 5, 6])
    w.stop()
  })

  it('shows no piece of a reply that is whole', () => {
    const w = watched()
    last().say(delta('a'))
    last().say(message(1, 'a'))
    last().say(delta('a'))
    last().say(delta('b'))
    expect(w.seen).toEqual([undefined, 1, undefined])
    w.stop()
  })

  it('asks a quiet link, and leaves one that does not answer', () => {
    const w = watched()
    last().open()
    vi.advanceTimersByTime(times.quiet)
    expect(last().sent).toEqual(['{"type":"ping"}'])
    last().say({ type: 'pong' })
    expect(w.seen).toEqual([])
    vi.advanceTimersByTime(times.quiet + times.answer - 1)
    expect(Socket.all[0]?.closed).toBe(false)
    vi.advanceTimersByTime(1)
    expect(Socket.all[0]?.closed).toBe(true)
    expect(w.links).toEqual(['connecting', 'open', 'lost'])
    vi.advanceTimersByTime(500)
    expect(Socket.all).toHaveLength(2)
    w.stop()
  })

  it('does not wait for a socket that never opens', () => {
    const w = watched()
    vi.advanceTimersByTime(times.connect + 500)
    expect(Socket.all.map((s) => s.closed)).toEqual([true, false])
    w.stop()
  })

  it('asks at once when the page is looked at again, not when it is left', () => {
    const w = watched()
    last().open()
    shown.visibilityState = 'hidden'
    shown.dispatchEvent(new globalThis.Event('visibilitychange'))
    expect(last().sent).toHaveLength(0)
    shown.visibilityState = 'visible'
    shown.dispatchEvent(new globalThis.Event('visibilitychange'))
    expect(last().sent).toHaveLength(1)
    vi.advanceTimersByTime(times.answer)
    expect(w.links).toContain('lost')
    w.stop()
  })

  it('tries seldom while the browser says that it is offline', () => {
    vi.stubGlobal('navigator', { onLine: false })
    const w = watched()
    last().onclose?.()
    vi.advanceTimersByTime(times.offline - 1)
    expect(Socket.all).toHaveLength(1)
    vi.advanceTimersByTime(1)
    expect(Socket.all).toHaveLength(2)
    w.stop()
  })

  it('begins with short waits again once a link has lasted or brought something', () => {
    const w = watched()
    for (let i = 0; i < 6; i++) cut()
    last().open()
    expect(cut()).toBeGreaterThanOrEqual(times.most)
    last().say(ended(1))
    expect(cut()).toBeLessThanOrEqual(times.first * 2)
    for (let i = 0; i < 6; i++) cut()
    last().open()
    vi.advanceTimersByTime(times.settled)
    expect(cut()).toBeLessThanOrEqual(times.first * 2)
    w.stop()
  })

  it.each([401, 403, 404, 410])('ends when the server knows no such watcher: %i', async (code) => {
    status = code
    const w = watched()
    last().onclose?.({ code: 1006 })
    await vi.advanceTimersByTimeAsync(60_000)
    expect(w.links.at(-1)).toBe('over')
    expect(Socket.all).toHaveLength(1)
  })

  it.each([undefined, 200, 429, 502])('goes on when a probe tells nothing: %s', async (code) => {
    status = code
    const w = watched()
    last().onclose?.({ code: 1006 })
    await vi.advanceTimersByTimeAsync(500)
    expect(w.links.at(-1)).toBe('lost')
    expect(Socket.all).toHaveLength(2)
    w.stop()
  })

  it('ends with a code that says so', () => {
    const w = watched()
    last().open()
    last().onclose?.({ code: 4404 })
    vi.advanceTimersByTime(60_000)
    expect(w.links).toEqual(['connecting', 'open', 'over'])
    expect(Socket.all).toHaveLength(1)
  })

  it('does not come back to a conversation that is closed', () => {
    const w = watched()
    last().open()
    last().say({ seq: 1, type: 'conversation.updated', data: { state: 'closed' } })
    last().say(ended(2))
    last().onclose?.({ code: 1001 })
    vi.advanceTimersByTime(60_000)
    expect(w.seen).toEqual([1, 2])
    expect(w.links.at(-1)).toBe('over')
    expect(Socket.all).toHaveLength(1)
  })
})
