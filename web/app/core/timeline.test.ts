import { describe, expect, it } from 'vitest'
import { runTitle, type Event } from './events'
import { entries, nothing, take, type Timeline } from './timeline'

const event = (seq: number, type: string, data: object) => ({ seq, type, at: `2026-11-30T10:00:${String(seq).padStart(2, '0')}Z`, data }) as unknown as Event
const all = (...es: Event[]): Timeline => es.reduce(take, nothing)

describe('timeline', () => {
  it('keeps messages, notes and what happened in one order', () => {
    const t = all(
      event(1, 'message.created', { id: 'a', from: 'customer', via: 'chat', text: 'a person please' }),
      event(2, 'transfer.updated', { id: 't', state: 'queued', queue: 'sales', position: 2 }),
      event(3, 'transfer.updated', { id: 't', state: 'queued', queue: 'sales', position: 1 }),
      event(4, 'transfer.updated', { id: 't', state: 'offering', queue: 'sales' }),
      event(5, 'transfer.updated', { id: 't', state: 'completed', queue: 'sales', name: 'Ann' }),
      event(6, 'note.created', { id: 'n', from: 'agent', author: 'Ann', text: 'angry', private: true }),
      event(7, 'message.created', { id: 'b', from: 'agent', via: 'chat', text: 'Hello', author: 'Ann' }),
      event(8, 'conversation.updated', { state: 'closed', holder: 'agent' }),
    )
    expect(entries(t).map((e) => ('line' in e ? e.line.text : e.mark.kind + ('state' in e.mark ? e.mark.state : '')))).toEqual(['a person please', 'transferqueued', 'transfercompleted', 'note', 'Hello', 'heldclosed'])
    expect(t.authors.b).toBe('Ann')
  })
  it('shows what the bot did in a business system once, as it turned out', () => {
    const run = (seq: number, state: string) => event(seq, 'tool.ran', { id: 'chg_1', tool: 'start_return', title: { en: 'Returns', zh: '退货' }, effect: 'change', args: { order: '204815' }, state, at: '2026-11-30T10:00:01Z', ms: 420 })
    const t = all(event(2, 'message.created', { id: 'a', from: 'bot', via: 'chat', text: 'Done.' }), run(3, 'failed'), run(4, 'ok'))
    const [first, second] = entries(t)
    expect('mark' in first! && first.mark.kind === 'tool' && [first.mark.run.state, runTitle(first.mark.run, 'zh-CN'), runTitle(first.mark.run, 'en'), runTitle({ ...first.mark.run, title: {} }, 'en')]).toEqual(['ok', '退货', 'Returns', 'start_return'])
    expect('line' in second! && entries(t).length).toBe(2)
  })
  it('takes an event again without a second entry', () => {
    const note = event(1, 'note.created', { id: 'n', author: 'Ann', text: 'x' })
    expect(entries(all(note, note))).toHaveLength(1)
  })
  it('sees the customer write, until the message is there', () => {
    const typing = take(nothing, { type: 'typing', at: '2026-11-30T10:00:00Z', data: { from: 'customer' } } as unknown as Event)
    expect(typing.typing).toBeGreaterThan(0)
    expect(take(typing, event(2, 'message.created', { id: 'a', from: 'customer', via: 'chat', text: 'hi' })).typing).toBe(0)
    expect(take(nothing, { type: 'typing', at: '2026-11-30T10:00:00Z', data: { from: 'agent' } } as unknown as Event).typing).toBe(0)
  })
})
