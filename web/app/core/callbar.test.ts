import { describe, expect, it } from 'vitest'
import { callView, keysTo, stageOf } from './callbar'
import type { Row, TransferState } from './desk'
import { spanOf } from './playback'
import { crowded } from './standby'
import { add, empty } from './transcript'

const row = (x: Partial<Row>, state?: TransferState, agent = 'ann'): Row => ({
  id: 'c', state: 'open', holder: 'queue', customer: {}, created_at: '', updated_at: '', ...x, ...(state ? { transfer: { id: 't', conversation: 'c', state, agent, wait_ms: 0 } } : {}),
})
const asks = (state: TransferState, from: string, agent: string, x: Partial<Row> = {}): Row => ({ ...row(x), transfer: { id: 't', conversation: 'c', state, from, agent, consult: true, wait_ms: 0 } })

describe('how far an agent is in a call', () => {
  it.each([
    ['rings', row({}, 'offering'), undefined],
    ['was accepted', row({}, 'consulting'), 'briefing'],
    ['was accepted by another', row({}, 'consulting', 'bob'), undefined],
    ['was joined', row({}, 'conference'), 'together'],
    ['was completed', row({ holder: 'agent', agent: 'ann' }), 'mine'],
    ['is being handed on', row({ holder: 'agent', agent: 'ann' }, 'consulting', 'bob'), 'handing'],
    ['is asked about while it rings', asks('offering', 'ann', 'bob', { holder: 'agent', agent: 'ann' }), 'handing'],
    ['is asked about', asks('consulting', 'ann', 'bob', { holder: 'agent', agent: 'ann' }), 'consult'],
    ['a colleague asks about', asks('consulting', 'bob', 'ann', { holder: 'agent', agent: 'bob' }), 'told'],
    ['three are in, by whose wish', asks('conference', 'ann', 'phone:+8621', { holder: 'agent', agent: 'phone:+8621' }), 'conference'],
    ['three are in, who was asked', asks('conference', 'bob', 'ann', { holder: 'agent', agent: 'ann' }), 'conference'],
    ['two others are in', asks('conference', 'bob', 'eve', { holder: 'agent', agent: 'eve' }), undefined],
    ['was closed', row({ holder: 'agent', agent: 'ann', state: 'closed' }), undefined],
    ['is the bot’s again', row({ holder: 'bot', agent: 'ann' }), undefined],
  ])('a call that %s', (_, r, stage) => expect(stageOf(r, 'ann')).toBe(stage))

  it('offers nothing that needs audio without it', () => {
    const { may, held } = callView('briefing', 'lost', true)
    expect([may.join, may.complete, may.hold, held]).toEqual([false, false, false, false])
    expect(may.cancel).toBe(true)
  })
  it('joins before it holds', () => {
    expect(callView('briefing', 'ready', false).may).toMatchObject({ join: true, complete: true, hold: false, giveBack: false })
    expect(callView('together', 'ready', false).may).toMatchObject({ join: false, complete: true, hold: true })
    expect(callView('mine', 'ready', false).may).toMatchObject({ complete: false, cancel: false, hold: true, giveBack: true, close: true })
  })
})

describe('keys', () => {
  it('go to whoever is on a phone, first to who is being asked', () => {
    expect(keysTo(asks('consulting', 'ann', 'phone:+8621'), 'phone')).toEqual(['outside', 'customer'])
    expect(keysTo(asks('offering', 'ann', 'phone:+8621'), 'web')).toEqual([])
    expect(keysTo(asks('consulting', 'ann', 'bob'), 'web')).toEqual([])
    expect(keysTo(row({}), 'phone')).toEqual(['customer'])
  })
})

describe('a line', () => {
  it('that others take again and again is given up', () => {
    expect(crowded([1000, 5000], 6000)).toBe(false)
    expect(crowded([1000, 5000, 9000], 9000)).toBe(true)
    expect(crowded([1000, 5000, 90_000], 90_000)).toBe(false)
  })
})

describe('a sentence', () => {
  const said = (data: object) => add(empty, { seq: 1, type: 'message.created', at: '', data: { id: 'm', from: 'customer', text: 'Hello', via: 'voice', ...data } }).lines[0]!
  it('is played where it was said, with a little around it', () => expect(spanOf(said({ call: 'k', start_ms: 2000, end_ms: 3000 }))).toEqual({ call: 'k', from: 1850, to: 3150 }))
  it('may be the first of all', () => expect(spanOf(said({ call: 'k', end_ms: 900 }))).toEqual({ call: 'k', from: 0, to: 1050 }))
  it('that was written is not played', () => expect(spanOf(said({ call: 'k', start_ms: 1, end_ms: 900, via: 'chat' }))).toBeUndefined())
  it('of which nobody knows where it was said is not played', () => expect(spanOf(said({ call: 'k' }))).toBeUndefined())
})
