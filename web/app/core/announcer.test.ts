import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Announcer } from './announcer'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('announcer', () => {
  it('says what comes close together in one sentence, and the next not before its time', () => {
    const region = { textContent: '' as string | null }
    const a = new Announcer(region, () => Date.now())
    a.say('One.')
    a.say('Two.')
    vi.advanceTimersByTime(60)
    expect(region.textContent).toBe('One. Two.')
    a.say('Three.')
    vi.advanceTimersByTime(1000)
    expect(region.textContent).toBe('One. Two.')
    vi.advanceTimersByTime(600)
    expect(region.textContent).toBe('Three.')
  })
  it('drops what nobody would wait for', () => {
    const region = { textContent: '' as string | null }
    const a = new Announcer(region, () => Date.now())
    for (let i = 0; i < 100; i++) a.say(`${i}`)
    vi.advanceTimersByTime(60)
    expect(region.textContent).toBe('95 96 97 98 99')
  })
  it('says nothing once it has ended', () => {
    const region = { textContent: '' as string | null }
    const a = new Announcer(region, () => Date.now())
    a.say('One.')
    a.end()
    vi.advanceTimersByTime(5000)
    expect(region.textContent).toBe('')
  })
})
