import { describe, expect, it } from 'vitest'
import type { DiffLine } from './admin'
import { fold, pieces, sideBySide } from './sidebyside'

const d = (...ls: string[]): DiffLine[] => ls.map((l) => ({ op: l[0] as DiffLine['op'], text: l.slice(1) }))

describe('a difference, side by side', () => {
  it('pairs a line with what replaced it, and marks the words that changed', () => {
    const [, row] = sideBySide(d(' # Returns', '-within 30 days of delivery', '+within 14 days of delivery', ' end'))
    expect(row?.left?.filter((p) => p.changed).map((p) => p.text)).toEqual(['30'])
    expect(row?.right?.filter((p) => p.changed).map((p) => p.text)).toEqual(['14'])
  })
  it('leaves the other side empty where a line is new or gone', () => {
    expect(sideBySide(d('+new', ' a', '-old'))).toEqual([
      { left: undefined, right: [{ text: 'new', changed: true }], same: false },
      { left: [{ text: 'a', changed: false }], right: [{ text: 'a', changed: false }], same: true },
      { left: [{ text: 'old', changed: true }], right: undefined, same: false },
    ])
  })
  it('compares Chinese by characters', () => {
    const [a, b] = pieces('签收后30天内可退', '签收后14天内可退')
    expect([a.find((p) => p.changed)?.text, b.find((p) => p.changed)?.text]).toEqual(['30', '14'])
  })
  it('loses no text, whatever the lines are', () => {
    for (const [x, y] of [['', 'a'], ['a b', ''], ['one two', 'two one'], ['😀 a', 'a 😀']] as const) {
      const [a, b] = pieces(x, y)
      expect([a.map((p) => p.text).join(''), b.map((p) => p.text).join('')]).toEqual([x, y])
    }
  })
  it('hides what is far from a change, and only that', () => {
    const rows = sideBySide(d(...Array.from({ length: 20 }, (_, i) => ` ${i}`), '-x', '+y'))
    const f = fold(rows)
    expect(f.map((p) => ('hidden' in p ? p.hidden : p.rows.length))).toEqual([18, 3])
    expect(f.flatMap((p) => p.rows)).toEqual(rows)
  })
})
