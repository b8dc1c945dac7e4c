import { describe, expect, it } from 'vitest'
import { words } from '../shop/words'
import { catalogs } from './catalog'

// shape is every path of a catalogue that ends in a sentence, lists by index.
function shape(x: unknown, path = ''): string[] {
  if (typeof x === 'string' || typeof x === 'function') return [path]
  return Object.entries(x as object).flatMap(([k, v]) => shape(v, `${path}/${k}`))
}

// sentences are all of them; those with a gap are filled with 1.
function sentences(x: unknown): string[] {
  if (typeof x === 'function') return [(x as (gap: unknown) => string)('1')]
  return typeof x === 'string' ? [x] : Object.values(x as object).flatMap(sentences)
}

// both are the catalogues that customers read.
for (const [name, both] of Object.entries({ widget: catalogs, shop: words })) {
  describe(`the catalogues of the ${name}`, () => {
    it('say the same things, lists as long as each other', () => expect(shape(both['zh-CN']).sort()).toEqual(shape(both.en).sort()))
    it('leave nothing empty', () => {
      for (const c of Object.values(both)) expect(sentences(c).filter((s) => s.trim() === '')).toEqual([])
    })
    it('have no sentence left in English', () => {
      const same = sentences(both['zh-CN']).filter((s) => !/\p{Script=Han}/u.test(s) && !/^\d+$/.test(s) && !s.startsWith('Brightwood'))
      expect(same).toEqual(name === 'shop' ? ['English'] : [])
    })
  })
}
