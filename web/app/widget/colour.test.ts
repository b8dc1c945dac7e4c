import { describe, expect, it } from 'vitest'
import { accentOf, contrast, parse, standard } from './colour'

const at = (c: string) => parse(c) as [number, number, number]
const grounds = { light: '#ffffff', dark: '#1d2226' } as const

describe('accent', () => {
  it('can be read whatever colour is given', () => {
    for (let r = 0; r < 256; r += 51)
      for (let g = 0; g < 256; g += 51)
        for (let b = 0; b < 256; b += 51)
          for (const scheme of ['light', 'dark'] as const) {
            const a = accentOf(`rgb(${r}, ${g}, ${b})`, scheme)
            const ground = at(grounds[scheme])
            expect(contrast(at(a.text), ground), `text ${r} ${g} ${b} ${scheme}`).toBeGreaterThanOrEqual(4.5)
            expect(contrast(at(a.text), at(a.mine)), `text on mine ${r} ${g} ${b} ${scheme}`).toBeGreaterThanOrEqual(4.5)
            expect(contrast(at(a.ink), at(a.fill)), `ink ${r} ${g} ${b} ${scheme}`).toBeGreaterThanOrEqual(4.5)
            const words = scheme === 'light' ? '#16202a' : '#e8ecef'
            expect(contrast(at(words), at(a.mine)), `words ${r} ${g} ${b} ${scheme}`).toBeGreaterThanOrEqual(4.5)
          }
  })
  it('leaves buttons their colour', () => expect([accentOf('#0b7285', 'light').fill, accentOf('#ffd400', 'light').fill]).toEqual(['#0b7285', '#ffd400']))
  it('is the standard one where it is no colour', () => {
    for (const c of ['', 'red;}', 'url(x)', '#12', 'rgb(300, 0, 0)']) expect(accentOf(c, 'light')).toEqual(accentOf(standard, 'light'))
  })
})
