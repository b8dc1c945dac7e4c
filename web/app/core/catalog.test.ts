import { describe, expect, it } from 'vitest'
import { catalogs } from './catalog'

// shape is every path of a catalogue that ends in a sentence, lists by index.
function shape(x: unknown, path = ''): string[] {
  if (typeof x === 'string') return [path]
  return Object.entries(x as object).flatMap(([k, v]) => shape(v, `${path}/${k}`))
}

function sentences(x: unknown): string[] {
  return typeof x === 'string' ? [x] : Object.values(x as object).flatMap(sentences)
}

describe('catalogues', () => {
  it('say the same things, lists as long as each other', () => expect(shape(catalogs['zh-CN']).sort()).toEqual(shape(catalogs.en).sort()))
  it('leave nothing empty', () => {
    for (const c of Object.values(catalogs)) expect(sentences(c).filter((s) => s.trim() === '')).toEqual([])
  })
  it('have no sentence left in English', () => {
    const same = sentences(catalogs['zh-CN']).filter((s) => !/\p{Script=Han}/u.test(s) && !/^[¥\d,.]+$/.test(s))
    expect(same).toEqual([catalogs['zh-CN'].language])
  })
})
