import { describe, expect, it } from 'vitest'
import { merge, place, type Live, type WallView } from './wall'

const row = (id: string, risk: number): Live => ({ id, via: 'chat', holder: 'bot', began: `2026-01-01T00:00:0${id}Z`, risk, reasons: [], spark: [] })
const view = (x: Partial<WallView>): WallView => ({ version: 1, at: '', all: false, figures: [], calls: 0, chats: 0, agents: {}, alerts: [], rows: [], gone: [], ...x })
const ids = (rows: { id: string }[]) => rows.map((r) => r.id).join('')

describe('merge', () => {
  it('changes, adds and removes rows, and takes all of a whole wall', () => {
    let w = merge(undefined, view({ all: true, rows: [row('1', 5), row('2', 4)] }))
    w = merge(w, view({ version: 2, rows: [row('2', 50), row('3', 1)], gone: ['1'] }))
    expect(ids(w.rows)).toBe('23')
    expect(w.rows[0]?.risk).toBe(50)
    expect(ids(merge(w, view({ all: true, rows: [row('4', 0)] })).rows)).toBe('4')
  })
})

describe('place', () => {
  it('sorts by risk', () => expect(ids(place([], [row('1', 5), row('2', 50), row('3', 5)], false).map((p) => p.row))).toBe('213'))
  it('moves nothing while it is held', () => {
    const was = place([], [row('1', 9), row('2', 5), row('3', 1)], false)
    const now = place(was, [row('4', 99), row('3', 80), row('1', 9)], true)
    expect(ids(now.map((p) => p.row))).toBe('1234')
    expect(now.map((p) => p.gone)).toEqual([false, true, false, false])
    expect(now[2]?.row.risk).toBe(80)
    expect(ids(place(now, [row('4', 99), row('3', 80), row('1', 9)], false).map((p) => p.row))).toBe('431')
  })
})
