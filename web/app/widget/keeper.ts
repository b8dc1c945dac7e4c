import { openConversation, type Session } from '../core/api'

// Kept is a conversation as the browser remembers it for tomorrow.
export interface Kept extends Session {
  read: number // the last event that was seen
  rated?: boolean // or not wanted
}

// Keeper remembers which conversation a site's page, and its customer, is in: over reloads,
// in all tabs, and tomorrow.
export class Keeper {
  private opening?: Promise<Kept>
  private memory?: Kept // where no storage is

  constructor(
    readonly name: string,
    private readonly open: () => Promise<Session>,
    private readonly storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> | undefined,
  ) {}

  // now is the conversation that there is; undefined: none yet.
  now(): Kept | undefined {
    try {
      const k = JSON.parse(this.storage?.getItem(this.name) ?? 'null') as Kept | null
      if (typeof k?.id === 'string' && typeof k.token === 'string') return { ...k, ice_servers: k.ice_servers ?? [], read: k.read ?? 0 }
    } catch {
      // Forbidden, or not ours.
    }
    return this.memory
  }

  // get gives the conversation, and opens one where there is none. Tabs that want one at the
  // same time get the same.
  get(): Promise<Kept> {
    const k = this.now()
    if (k) return Promise.resolve(k)
    this.opening ??= locked(this.name, async () => {
      const other = this.now()
      if (other) return other
      const fresh = { ...(await this.open()), read: 0 }
      this.write(fresh)
      return fresh
    }).finally(() => (this.opening = undefined))
    return this.opening
  }

  // change keeps something about the conversation, if it is still this one.
  change(id: string, p: Partial<Pick<Kept, 'read' | 'rated'>>): void {
    const k = this.now()
    if (k?.id === id) this.write({ ...k, ...p })
  }

  // leave forgets a conversation that takes no more, unless another tab has begun the next.
  leave(id: string): void {
    if (this.now()?.id !== id) return
    this.memory = undefined
    try {
      this.storage?.removeItem(this.name)
    } catch {
      // It could not be written either.
    }
  }

  private write(k: Kept): void {
    this.memory = k
    try {
      this.storage?.setItem(this.name, JSON.stringify(k))
    } catch {
      // The conversation lasts as long as the page.
    }
  }
}

// locked runs one at a time over all tabs, where the browser can (secure pages).
function locked<T>(name: string, what: () => Promise<T>): Promise<T> {
  return navigator.locks ? (navigator.locks.request(name, what) as Promise<T>) : what()
}

// opener opens a conversation; a signature that the server refuses opens one for a guest.
export function opener(locale: () => string, o: Parameters<typeof openConversation>[1], refused: (err: unknown) => void, isRefusal: (err: unknown) => boolean): () => Promise<Session> {
  return async () => {
    try {
      return await openConversation(locale(), o)
    } catch (err) {
      if (!o?.customer?.id || !isRefusal(err)) throw err
      refused(err)
      return openConversation(locale(), { ...o, resume: undefined, customer: o.customer.name ? { name: o.customer.name } : undefined })
    }
  }
}
