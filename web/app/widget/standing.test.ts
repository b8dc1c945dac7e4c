import { describe, expect, it } from 'vitest'
import type { Event, Transfer } from '../core/events'
import { alone, follow } from './standing'

const transfer = (data: Partial<Transfer>): Event => ({ seq: 1, type: 'transfer.updated', at: '', data: { id: 't', state: 'queued', ...data } })
const updated = (state: string, holder: string): Event => ({ seq: 1, type: 'conversation.updated', at: '', data: { state, holder } })

// after is the standing and the marks of a row of events.
function after(...all: Event[]) {
  let s = alone
  const marks: string[] = []
  for (const e of all) {
    const f = follow(s, e)
    s = f.standing
    if (f.mark) marks.push(f.mark)
  }
  return { s, marks }
}

describe('standing', () => {
  it('tells the place in the queue, then who has come, once', () => {
    expect(after(transfer({ position: 3 })).s).toMatchObject({ holder: 'queue', position: 3 })
    const came = after(transfer({ position: 1 }), transfer({ state: 'offering' }), transfer({ state: 'consulting', name: 'Mia' }), transfer({ state: 'conference', name: 'Mia' }), transfer({ state: 'completed', name: 'Mia' }), updated('open', 'agent'))
    expect(came.s).toMatchObject({ holder: 'agent', agent: 'Mia', position: 0 })
    expect(came.marks).toEqual(['joined'])
  })
  it('goes back to the bot when nobody comes, and when the person gives it back', () => {
    const none = after(transfer({}), transfer({ state: 'failed', reason: 'nobody' }))
    expect(none.s).toMatchObject({ holder: 'bot', agent: '' })
    expect(none.marks).toEqual(['nobody'])
    expect(after(transfer({ state: 'completed', name: 'Mia' }), updated('open', 'agent'), updated('open', 'bot'))).toMatchObject({ s: { holder: 'bot', agent: '' }, marks: ['joined', 'returned'] })
  })
  it('says once that a conversation is over', () => expect(after(updated('closed', 'bot'), updated('closed', 'bot')).marks).toEqual(['closed']))
})
