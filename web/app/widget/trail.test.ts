import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ApiError } from '../core/api'
import { Trail, type PageEvent } from './trail'

class Memory {
  all = new Map<string, string>()
  getItem = (k: string) => this.all.get(k) ?? null
  setItem = (k: string, v: string) => void this.all.set(k, v)
  removeItem = (k: string) => void this.all.delete(k)
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const gone = (status: number) => Promise.reject(new ApiError({ title: 'no', status }))

describe('trail', () => {
  it('keeps what happened until there is a conversation, over a reload, and gives it once', async () => {
    const kept = new Memory()
    const given: PageEvent[][] = []
    let open = false
    const make = () => new Trail({ name: 'x', kept, give: (e) => (open ? Promise.resolve(void given.push(e)) : undefined) })
    make().add('product.viewed', { product: 'one' })
    await vi.advanceTimersByTimeAsync(10_000)
    expect(given).toEqual([])
    const t = make()
    open = true
    t.add('purchased', { product: 'one' })
    await t.give()
    expect(given.map((b) => b.map((e) => e.type))).toEqual([['product.viewed', 'purchased']])
    await t.give()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(given).toHaveLength(1)
    expect(kept.all.size).toBe(0)
  })
  it('tries again after a cut, and not after a refusal', async () => {
    const answers = [0, 503, 429, 404]
    let n = 0
    const t = new Trail({ name: 'x', kept: new Memory(), give: () => gone(answers[n++] ?? 404) })
    t.add('searched', { text: 'tips' })
    await vi.advanceTimersByTimeAsync(60_000)
    expect(n).toBe(4)
  })
  it('holds fifty at most, the last ones', async () => {
    let got: PageEvent[] = []
    const t = new Trail({ name: 'x', kept: new Memory(), give: (e) => Promise.resolve(void (got = e)) })
    for (let i = 0; i < 70; i++) t.add('product.viewed', { product: `p${i}` })
    await t.give()
    expect(got).toHaveLength(50)
    expect(got.at(-1)?.product).toBe('p69')
  })
  it('tells the page’s developer what is wrong', () => {
    const t = new Trail({ name: 'x', give: () => undefined })
    expect(() => t.add('bought', { product: 'one' })).toThrow('none of')
    expect(() => t.add('purchased')).toThrow('needs a product')
    expect(() => t.add('searched', { product: 'one' })).toThrow('needs a text')
  })
  it('does without storage', async () => {
    const kept = { getItem: () => { throw new Error('forbidden') }, setItem: () => { throw new Error('forbidden') }, removeItem: () => { throw new Error('forbidden') } }
    const t = new Trail({ name: 'x', kept, give: () => undefined })
    expect(() => t.add('page.viewed', { text: 'Home' })).not.toThrow()
  })
})
