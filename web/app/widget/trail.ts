// What the customer does on the site's pages, as the pages tell it: kept in this tab until
// there is a conversation, and given to the company then. Where none begins it goes nowhere.
import { ApiError } from '../core/api'

export type PageEventType = 'page.viewed' | 'product.viewed' | 'searched' | 'cart.added' | 'cart.removed' | 'purchased'
export const pageEventTypes: readonly PageEventType[] = ['page.viewed', 'product.viewed', 'searched', 'cart.added', 'cart.removed', 'purchased']

export interface PageEvent {
  type: PageEventType
  product?: string // its id
  text?: string // what was searched for; of a page its title
  at: string
}

const most = 50 // that wait, the oldest goes; and that the server takes at once
const pause = 2000 // ms between two times that they are given

interface Options {
  name: string
  kept?: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>
  give: (events: PageEvent[]) => Promise<void> | undefined // undefined: there is no conversation
  now?: () => Date
}

export class Trail {
  private events: PageEvent[]
  private timer?: ReturnType<typeof setTimeout>
  private giving = false

  constructor(private readonly o: Options) {
    this.events = this.read()
  }

  // add notes what happened; what is no such event is refused with the reason, for the page's developer.
  add(type: string, about: { product?: unknown; text?: unknown } = {}): void {
    const known = pageEventTypes.find((t) => t === type)
    if (!known) throw new TypeError(`Parley.track: ${type} is none of ${pageEventTypes.join(', ')}`)
    const words = known === 'page.viewed' || known === 'searched'
    const what = String((words ? about.text : about.product) ?? '').trim()
    if (!what) throw new TypeError(`Parley.track: ${type} needs a ${words ? 'text' : 'product'}`)
    const at = (this.o.now?.() ?? new Date()).toISOString()
    const cut = Array.from(what).slice(0, 200).join('')
    this.events = [...this.events, words ? { type: known, text: cut, at } : { type: known, product: cut, at }].slice(-most)
    this.write()
    this.soon()
  }

  // soon gives what waits, when there is somebody to give it to.
  soon(): void {
    if (this.events.length === 0 || this.giving) return
    clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.give(), pause)
  }

  // now gives it before the customer's words, which may be about it.
  async give(): Promise<void> {
    clearTimeout(this.timer)
    if (this.giving || this.events.length === 0) return
    const batch = this.events
    const given = this.o.give(batch)
    if (!given) return
    this.giving = true
    try {
      await given
      this.drop(batch)
    } catch (err) {
      const status = err instanceof ApiError ? err.problem.status : 0
      if (status >= 400 && status < 500 && status !== 429 && status !== 408) this.drop(batch) // it is wanted nowhere
    }
    this.giving = false
    this.soon()
  }

  close(): void {
    clearTimeout(this.timer)
  }

  private drop(batch: PageEvent[]): void {
    this.events = this.events.filter((e) => !batch.includes(e))
    this.write()
  }

  private read(): PageEvent[] {
    try {
      const all = JSON.parse(this.o.kept?.getItem(this.o.name) ?? '[]') as PageEvent[]
      return Array.isArray(all) ? all.slice(-most) : []
    } catch {
      return [] // forbidden, or not ours
    }
  }

  private write(): void {
    try {
      if (this.events.length > 0) this.o.kept?.setItem(this.o.name, JSON.stringify(this.events))
      else this.o.kept?.removeItem(this.o.name)
    } catch {
      // They wait as long as the page.
    }
  }
}
