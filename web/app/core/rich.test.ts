import { describe, expect, it } from 'vitest'
import { blocks, pieces, plain } from './rich'

describe('what is written', () => {
  it('knows links, bold and code, and leaves the rest as it is', () => {
    expect(pieces('See [our page](https://x.example/a?b=1) or **call** `*21#`, 3 * 4.')).toEqual([
      { text: 'See ' }, { text: 'our page', href: 'https://x.example/a?b=1' }, { text: ' or ' }, { text: 'call', bold: true }, { text: ' ' }, { text: '*21#', code: true }, { text: ', 3 * 4.' },
    ])
    expect(pieces('去 https://x.example/退货。谢谢')).toEqual([{ text: '去 ' }, { text: 'https://x.example/退货', href: 'https://x.example/退货' }, { text: '。谢谢' }])
    expect(pieces('https://x.example.')).toEqual([{ text: 'https://x.example', href: 'https://x.example' }, { text: '.' }])
  })
  it('makes no link of what runs', () => {
    for (const s of ['[x](javascript:alert(1))', '[x](data:text/html,1)', '<a href="https://x.example" onclick=1>', 'javascript:alert(1)']) {
      for (const p of pieces(s)) expect(p.href ?? 'https://').toMatch(/^https?:\/\//)
    }
    expect(pieces('[x](javascript:alert(1))').every((p) => p.href === undefined)).toBe(true)
  })
  it('knows lists and paragraphs', () => {
    expect(blocks('Do this:\n\n1. Open it\n2. **Press**\n\n- a\n* b\nand so on')).toEqual([
      { kind: 'text', pieces: [{ text: 'Do this:' }] },
      { kind: 'list', numbered: true, items: [[{ text: 'Open it' }], [{ text: 'Press', bold: true }]] },
      { kind: 'list', numbered: false, items: [[{ text: 'a' }], [{ text: 'b' }]] },
      { kind: 'text', pieces: [{ text: 'and so on' }] },
    ])
    expect(blocks('## Title\none\ntwo')).toEqual([{ kind: 'text', pieces: [{ text: 'Title', bold: true }] }, { kind: 'text', pieces: [{ text: 'one\ntwo' }] }])
    expect(plain(blocks('Just words.\nTwo lines'))).toBe(true)
    expect(plain(blocks('a\n\nb'))).toBe(false)
    expect(blocks('')).toEqual([])
  })
  it('takes no long time over what is long', () => {
    const began = Date.now()
    blocks('[('.repeat(4000) + '**'.repeat(4000) + 'https://'.repeat(1000))
    expect(Date.now() - began).toBeLessThan(5000)
  })
})
