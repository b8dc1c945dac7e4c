import { expect, test } from 'vitest'
import { cleaned, fromLines, rubricWords, share, toLines } from './rubric'

test('wordings are lines, and what is empty is not sent', () => {
  expect(fromLines(' one \n\n two')).toEqual(['one', 'two'])
  expect(toLines(['one', 'two'])).toBe('one\ntwo')
  const r = cleaned({ weights: { tone: 1 }, required: [{ name: ' a ', any: { en: ['x', ' '], zh: [] }, when: { en: [''] } }], forbidden: [{ name: 'b', any: { zh: ['y'] }, when: { zh: ['z'] } }], off: [] })
  expect(r.required).toEqual([{ name: 'a', any: { en: ['x'] } }])
  expect(r.forbidden).toEqual([{ name: 'b', any: { zh: ['y'] } }])
})

test('a weight is a share of all', () => {
  expect(share({ weights: { tone: 1, greeting: 3 }, required: [], forbidden: [], off: [] }, 'tone')).toBe(25)
  expect(share({ weights: {}, required: [], forbidden: [], off: [] }, 'tone')).toBe(0)
})

test('both languages say everything', () => {
  expect(Object.keys(rubricWords['zh-CN'])).toEqual(Object.keys(rubricWords.en))
})
