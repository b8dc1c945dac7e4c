import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { watch, type Event, type Link } from './events'

class Socket {
  static all: Socket[] = []
  onopen?: () => void
  onmessage?: (m: { data: string }) => void
  onclose?: () => void
  closed = false
  constructor(readonly url: URL, readonly protocols: string[]) {
    Socket.all.push(this)
  }
  close() {
    this.closed = true
  }
  say(e: object) {
    this.onmessage?.({ data: JSON.stringify(e) })
  }
}

const session = { id: 'conv_1', token: 'secret', ice_servers: [] }
const last = () => Socket.all[Socket.all.length - 1] as Socket
const ended = (seq: number) => ({ seq, type: 'call.ended', data: {} })
let page: EventTarget

beforeEach(() => {
  Socket.all = []
  page = new EventTarget()
  vi.useFakeTimers()
  vi.stubGlobal('WebSocket', Socket)
  vi.stubGlobal('location', { href: 'https://shop.example/' })
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page))
  vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page))
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

function watched() {
  const seen: (number | undefined)[] = []
  const links: Link[] = []
  const stop = watch(session, (e: Event) => seen.push(e.seq), (l) => links.push(l))
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
    for (let i = 0; i < 10; i++) {
      last().onclose?.()
      vi.advanceTimersByTime(16000)
    }
    expect(Socket.all).toHaveLength(11)
    last().onclose?.()
    vi.advanceTimersByTime(7999)
    expect(Socket.all).toHaveLength(11)
    w.stop()
  })

  it('comes back at once when the network does', () => {
    const w = watched()
    for (let i = 0; i < 6; i++) {
      last().onclose?.()
      vi.advanceTimersByTime(16000)
    }
    last().onclose?.()
    const before = Socket.all.length
    page.dispatchEvent(new globalThis.Event('online'))
    expect(Socket.all).toHaveLength(before + 1)
    w.stop()
  })

  it('says lost once the socket is, open once it is back, and nothing after stop', () => {
    const w = watched()
    last().onopen?.()
    last().onclose?.()
    vi.advanceTimersByTime(500)
    last().onopen?.()
    expect(w.links).toEqual(['connecting', 'open', 'lost', 'open'])
    w.stop()
    last().onclose?.()
    vi.advanceTimersByTime(60000)
    expect(w.links).toHaveLength(4)
    expect(last().closed).toBe(true)
  })
})
