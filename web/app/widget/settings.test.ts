import { describe, expect, it } from 'vitest'
import { language, settings } from './settings'

describe('settings', () => {
  it('are the standard ones for a bare tag', () => {
    expect(settings({}, 'https://parley.example:8443/widget.js?v=1')).toEqual({
      base: 'https://parley.example:8443', site: '', locale: undefined, theme: 'auto', color: undefined, greeting: { en: undefined, 'zh-CN': undefined },
      title: { en: undefined, 'zh-CN': undefined }, side: 'right', open: false, debug: false, customer: undefined,
    })
  })
  it('are what the tag says', () => {
    const s = settings({ site: 'shop', lang: 'zh-Hant', theme: 'dark', position: 'left', open: '', debug: 'false', greetingZh: '您好', title: 'Shop', customer: 'c1', customerName: 'Mia', expires: '1800000000', signature: 'ab' }, 'https://x.example/widget.js')
    expect(s).toMatchObject({ site: 'shop', locale: 'zh-CN', theme: 'dark', side: 'left', open: true, debug: false, greeting: { 'zh-CN': '您好' }, title: { en: 'Shop', 'zh-CN': 'Shop' } })
    expect(s.customer).toEqual({ id: 'c1', name: 'Mia', expires: 1800000000, signature: 'ab' })
  })
  it('need no id for a name', () => expect(settings({ customerName: 'Mia' }, 'https://x.example/').customer).toEqual({ name: 'Mia' }))
})

describe('language', () => {
  it("is the tag's, else the page's, else the browser's", () => {
    expect(language({ locale: 'en' }, 'zh-CN', 'zh-CN')).toBe('en')
    expect(language({}, 'zh', 'en-GB')).toBe('zh-CN')
    expect(language({}, 'fr', 'zh-CN')).toBe('en')
    expect(language({}, '', 'zh-TW')).toBe('zh-CN')
  })
})
