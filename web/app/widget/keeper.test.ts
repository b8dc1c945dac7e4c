import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Keeper } from './keeper'

class Memory {
  all = new Map<string, string>()
  getItem = (k: string) => this.all.get(k) ?? null
  setItem = (k: string, v: string) => void this.all.set(k, v)
  removeItem = (k: string) => void this.all.delete(k)
}

let opened = 0
const open = async () => ({ id: `c${++opened}`, token: `t${opened}`, ice_servers: [] })

beforeEach(() => {
  opened = 0
  vi.stubGlobal('navigator', {})
})
afterEach(() => void vi.unstubAllGlobals())

describe('keeper', () => {
  it('goes on with the conversation that another tab, or yesterday, began', async () => {
    const m = new Memory()
    const [a, b] = [new Keeper('x', open, m), new Keeper('x', open, m)]
    expect(a.now()).toBeUndefined()
    expect((await a.get()).id).toBe('c1')
    expect((await b.get()).id).toBe('c1')
    expect(b.now()?.token).toBe('t1')
  })
  it('opens one, however many want it at once', async () => {
    const k = new Keeper('x', open, new Memory())
    const all = await Promise.all([k.get(), k.get(), k.get()])
    expect(all.map((c) => c.id)).toEqual(['c1', 'c1', 'c1'])
  })
  it('leaves a conversation that is over, and not the next one that another tab began', async () => {
    const m = new Memory()
    const [a, b] = [new Keeper('x', open, m), new Keeper('x', open, m)]
    await a.get()
    b.leave('c1')
    expect((await b.get()).id).toBe('c2')
    a.leave('c1')
    expect((await a.get()).id).toBe('c2')
  })
  it('notes what was read in the conversation that it was read in', async () => {
    const k = new Keeper('x', open, new Memory())
    await k.get()
    k.change('c1', { read: 7 })
    k.change('c0', { read: 9 })
    expect(k.now()?.read).toBe(7)
  })
  it('serves where nothing can be kept, and where what is kept is not ours', async () => {
    const none = new Keeper('x', open, undefined)
    await none.get()
    expect((await none.get()).id).toBe('c1')
    const m = new Memory()
    m.setItem('x', '{"id":5')
    expect((await new Keeper('x', open, m).get()).id).toBe('c2')
  })
  it('tries again after a failure', async () => {
    let fail = true
    const k = new Keeper('x', () => (fail ? Promise.reject(new TypeError('network')) : open()), new Memory())
    await expect(k.get()).rejects.toThrow('network')
    fail = false
    expect((await k.get()).id).toBe('c1')
  })
})
