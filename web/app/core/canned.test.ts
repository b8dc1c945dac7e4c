import { describe, expect, it } from 'vitest'
import { filled, matching, mentioned, tokenAt } from './canned'

const reply = (shortcut: string, text: string, language?: string) => ({ id: shortcut, shortcut, text, language, team: false })

describe('ready replies', () => {
  it.each([
    ['/hel', 4, { kind: '/', from: 0, to: 4, word: 'hel' }],
    ['see @To and', 7, { kind: '@', from: 4, to: 7, word: 'to' }],
    ['您好 /退', 5, { kind: '/', from: 3, to: 5, word: '退' }],
    ['and/or', 6, undefined],
    ['a@b', 3, undefined],
  ])('%s', (text, at, want) => expect(tokenAt(text, at)).toEqual(want))
  it('are found by their beginning, then by their words, the language first', () => {
    const all = [reply('return', 'You can return it', 'en'), reply('hi', 'how to return'), reply('returns', '可以退货', 'zh-CN')]
    expect(matching(all, 'ret', 'zh-CN').map((c) => c.id)).toEqual(['hi', 'returns', 'return'].sort((a, b) => ['returns', 'hi', 'return'].indexOf(a) - ['returns', 'hi', 'return'].indexOf(b)))
  })
  it('are filled in', () => {
    expect(filled('Hello {customer}, I am {agent}.', { customer: 'Li', agent: 'Ann' })).toBe('Hello Li, I am Ann.')
    expect(filled('您好，{customer}', {})).toBe('您好')
  })
  it('call colleagues by name', () => {
    const people = [{ id: 'a', name: 'Tom Baker' }, { id: 'b', name: 'Mia Chen 陈米雅' }, { id: 'c', name: 'Tomas' }, { id: 'd' }]
    expect(mentioned('@Tom please, and @mia', people)).toEqual(['a', 'b'])
    expect(mentioned('mail tom@example.com', people)).toEqual([])
  })
})
