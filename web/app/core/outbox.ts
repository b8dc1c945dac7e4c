// The outbox of one conversation: what the customer has sent and the conversation has not
// shown yet. Each message arrives once and in order, whatever the network does, or says
// honestly that it did not.

import { ApiError } from './api'
import type { Event } from './events'
import { newKey } from './pictures'

// Outgoing is a message on its way. `sending` lasts through all tries; `sent` is what the
// server has taken and the conversation's events have not brought yet.
export interface Outgoing {
  key: string // of idempotency: another try has the same
  text: string
  files: File[]
  at: number // when it was posted, Unix milliseconds
  state: 'sending' | 'sent' | 'failed'
  tries: number // that failed so far
  share: number // of it that has left, 0 to 1
  id?: string // the message it became
  seq?: number // of that message's event
  reason?: Reason // of failed
  err?: unknown // of the last try
}

// Reason is why a message failed: looked at and refused (the same again is, too); the
// conversation is over; the server erred again and again; its pictures went with the page;
// it waited past the time that the server remembers its key, so that it may have arrived.
export type Reason = 'refused' | 'over' | 'server' | 'files' | 'stale'

// Taken is the server's word that it has a message.
export interface Taken {
  id: string
  seq: number
}

// Send tries once. An ApiError is the server's answer; all else is the network's.
export type Send = (o: Outgoing, progress: (share: number) => void) => Promise<Taken>

// Kept is where messages outlive the page: sessionStorage, localStorage, or none.
export type Kept = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>

export interface OutboxOptions {
  name: string // of the conversation, in the storage
  send: Send
  changed: (items: readonly Outgoing[]) => void // oldest first; a new array each time
  kept?: Kept
  now?: () => number
}

export const most = 50 // messages that may wait
export const serverTries = 8 // errors of the server's own until it is left to the customer
// Before the second try, doubled each time, and at most, in milliseconds.
export const pace = { first: 500, longest: 30_000 }
const remembered = 23 * 3600_000 // the server knows a key for 24 hours

// Outbox sends one message at a time: the next when the one before has been taken or has
// failed for good.
export class Outbox {
  private items: Outgoing[]
  private trying?: string // the key of the one that is on its way
  private done = false
  private seen = 0 // the last event of the conversation
  private timer?: ReturnType<typeof setTimeout>
  private until = 0 // the server asked for peace until then
  private readonly now: () => number

  constructor(private readonly o: OutboxOptions) {
    this.now = o.now ?? Date.now
    this.items = this.restore()
    addEventListener('online', this.online)
    if (this.items.length > 0) this.tell()
    this.run()
  }

  // close stops sending; what is kept goes on with the next Outbox of that name.
  close() {
    this.done = true
    clearTimeout(this.timer)
    removeEventListener('online', this.online)
  }

  // post takes a message, or gives undefined when too many wait already.
  post(text: string, files: File[] = []): Outgoing | undefined {
    if (this.items.length >= most) return undefined
    const item: Outgoing = { key: newKey(), text, files, at: this.now(), state: 'sending', tries: 0, share: 0 }
    item.at = Math.max(item.at, (this.items.at(-1)?.at ?? 0) + 1) // their order outlives the page
    this.items = [...this.items, item]
    this.keep(item)
    this.tell()
    this.run()
    return item
  }

  // again tries one that failed, as what it was.
  again(key: string) {
    const old = this.items.find((i) => i.key === key && i.state === 'failed')
    if (!old || old.reason === 'files') return
    const item: Outgoing = { ...old, state: 'sending', tries: 0, share: 0, reason: undefined, err: undefined }
    if (this.now() - old.at > remembered) Object.assign(item, { key: newKey(), at: this.now() })
    this.forget(key)
    this.items = this.items.map((i) => (i === old ? item : i))
    this.keep(item)
    this.tell()
    this.run()
  }

  // drop gives up one that failed.
  drop(key: string) {
    const item = this.items.find((i) => i.key === key && i.state === 'failed')
    if (item) this.remove(item)
  }

  // see takes every event of the conversation: what it brings is on its way no more.
  see(e: Event) {
    if (e.seq === undefined) return
    this.seen = Math.max(this.seen, e.seq)
    for (const i of this.items) if (i.state === 'sent' && (i.seq ?? 0) <= this.seen) this.remove(i)
    if (e.type !== 'message.created' || e.data.from !== 'customer') return
    const { id, key } = e.data
    const item = this.items.find((i) => i.id === id || i.key === key)
    const next = this.items.find((i) => i.state === 'sending')
    if (!item) return
    this.remove(item)
    if (item !== next) return
    // It arrived, and only the answer is late or lost: the one after it need not wait.
    this.settle(item.key)
    clearTimeout(this.timer)
    this.timer = undefined
    this.run()
  }

  private settle(key: string) {
    if (this.trying === key) this.trying = undefined
  }

  private readonly online = () => {
    if (this.now() < this.until) return
    clearTimeout(this.timer)
    this.timer = undefined
    this.run()
  }

  private run() {
    const item = this.items.find((i) => i.state === 'sending')
    if (this.done || this.trying !== undefined || this.timer !== undefined || !item) return
    const { key } = item
    this.trying = key
    void this.o.send(item, (share) => this.change(key, { share })).then(
      (t) => this.took(key, t),
      (err: unknown) => this.failed(key, err),
    )
  }

  private took(key: string, t: Taken) {
    this.settle(key)
    const item = this.items.find((i) => i.key === key)
    if (!item) return // its event was quicker
    if (t.seq <= this.seen) this.remove(item)
    else this.change(key, { state: 'sent', share: 1, err: undefined, ...t })
    this.run()
  }

  private failed(key: string, err: unknown) {
    this.settle(key)
    const item = this.items.find((i) => i.key === key)
    if (!item) return // its event came all the same
    const tries = item.tries + 1
    const reason = verdict(err, tries)
    if (reason) {
      this.change(key, { state: 'failed', tries, err, reason })
      return this.run()
    }
    const asked = err instanceof ApiError && err.retryAfter !== undefined ? Math.min(err.retryAfter * 1000, 300_000) : 0
    const wait = Math.min(pace.first * 2 ** Math.min(item.tries, 10), pace.longest)
    this.until = this.now() + asked
    this.change(key, { tries, err, share: 0 })
    if (this.done) return
    this.timer = setTimeout(() => {
      this.timer = undefined
      this.run()
    }, Math.max(asked, wait / 2 + (Math.random() * wait) / 2))
  }

  private change(key: string, p: Partial<Outgoing>) {
    const old = this.items.find((i) => i.key === key)
    if (!old) return
    const item = { ...old, ...p }
    this.items = this.items.map((i) => (i === old ? item : i))
    if (p.state) this.keep(item)
    this.tell()
  }

  private remove(item: Outgoing) {
    this.items = this.items.filter((i) => i !== item)
    this.forget(item.key)
    this.tell()
  }

  private tell() {
    if (!this.done) this.o.changed(this.items)
  }

  // A storage that is full or forbidden costs the message's life past the page, no more.
  private keep({ files, share: _, err: __, ...item }: Outgoing) {
    try {
      this.o.kept?.setItem(this.o.name + '.' + item.key, JSON.stringify({ ...item, pictures: files.length }))
    } catch {
      // As said.
    }
  }

  private forget(key: string) {
    try {
      this.o.kept?.removeItem(this.o.name + '.' + key)
    } catch {
      // As above.
    }
  }

  private restore(): Outgoing[] {
    const out: Outgoing[] = []
    try {
      for (let i = 0; i < (this.o.kept?.length ?? 0); i++) {
        const name = this.o.kept?.key(i)
        if (name?.startsWith(this.o.name + '.')) out.push(...this.revive(this.o.kept?.getItem(name) ?? ''))
      }
    } catch {
      // No storage: nothing was kept.
    }
    return out.sort((a, b) => a.at - b.at).slice(-most)
  }

  private revive(text: string): Outgoing[] {
    try {
      const { pictures, ...kept } = JSON.parse(text) as Outgoing & { pictures: number }
      if (typeof kept.key !== 'string' || typeof kept.text !== 'string' || typeof kept.at !== 'number') return []
      const item: Outgoing = { ...kept, files: [], share: 0, tries: 0 }
      if (item.state === 'sending' && pictures > 0) return [{ ...item, state: 'failed', reason: 'files' }]
      if (item.state === 'sending' && this.now() - item.at > remembered) return [{ ...item, state: 'failed', reason: 'stale' }]
      return [item]
    } catch {
      return []
    }
  }
}

// verdict is why a message is not tried again by itself; undefined: it is.
function verdict(err: unknown, tries: number): Reason | undefined {
  if (!(err instanceof ApiError)) return undefined
  const { status } = err.problem
  if (status === 408 || status === 425 || status === 429) return undefined
  if ((status === 409 || status === 503) && err.retryAfter !== undefined) return undefined // it is asked for
  if (status >= 500) return tries >= serverTries ? 'server' : undefined
  return [401, 403, 404, 409, 410].includes(status) ? 'over' : 'refused'
}
