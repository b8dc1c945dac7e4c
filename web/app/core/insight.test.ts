import { expect, test } from 'vitest'
import { query, shown, span } from './insight'
import { insightWords } from './insightwords'

test('a period ends with today', () => {
  const p = { days: 7, via: 'voice', language: '', practice: true }
  expect(query(p, new Date('2026-11-30T12:00:00Z'), { word: '退款' })).toBe(`word=${encodeURIComponent('退款')}&from=2026-11-24&to=2026-11-30&via=voice&practice=true`)
})

test('figures are written as people read them', () => {
  expect([shown(null, 'percent', 'en'), shown(81.5, 'percent', 'en'), shown(1234, 'count', 'en'), shown(0.0123, 'money', 'en', 'USD'), shown(900, 'minutes', 'en')]).toEqual(['–', '81.5%', '1,234', '$0.0123', '15 h'])
  expect([span(480), span(1500), span(95_000), span(3_900_000)]).toEqual(['480 ms', '1.5 s', '1:35 min', '1:05 h'])
})

test('both languages have the same words', () => {
  const keys = (o: object): string[] => Object.entries(o).flatMap(([k, v]) => (v && typeof v === 'object' && !Array.isArray(v) ? keys(v as object).map((x) => `${k}.${x}`) : [k]))
  expect(keys(insightWords['zh-CN']).sort()).toEqual(keys(insightWords.en).sort())
})
