import type { Identity } from '../core/api'
import type { Locale } from '../core/locale'

// Settings are what the script tag says.
export interface Settings {
  base: string // the server's origin
  site: string
  locale?: Locale // none: the page's language, then the browser's
  theme: 'light' | 'dark' | 'auto'
  color?: string
  greeting: Partial<Record<Locale, string>>
  title: Partial<Record<Locale, string>>
  side: 'left' | 'right'
  open: boolean
  debug: boolean
  customer?: Identity
}

type Data = Record<string, string | undefined>

// settings reads a script tag: its data-… attributes, and where it came from.
export function settings(data: Data, src: string): Settings {
  const on = (v: string | undefined) => v !== undefined && v !== 'false' && v !== '0'
  return {
    base: new URL(src).origin,
    site: data.site ?? '',
    locale: data.lang ? localeOf(data.lang) : undefined,
    theme: themeOf(data.theme),
    color: data.color,
    greeting: { en: data.greeting, 'zh-CN': data.greetingZh },
    title: { en: data.title, 'zh-CN': data.titleZh ?? data.title },
    side: data.position === 'left' ? 'left' : 'right',
    open: on(data.open),
    debug: on(data.debug),
    customer: customerOf(data),
  }
}

function customerOf(data: Data): Identity | undefined {
  if (!data.customer && !data.customerName) return undefined
  if (!data.customer) return { name: data.customerName }
  return { id: data.customer, name: data.customerName, expires: Number(data.expires) || undefined, signature: data.signature }
}

export function themeOf(t: string | undefined): Settings['theme'] {
  return t === 'light' || t === 'dark' ? t : 'auto'
}

// localeOf is the catalogue for a language tag; all others get English.
export function localeOf(tag: string): Locale {
  return tag.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en'
}

// language is which catalogue serves: what the tag says, else the page, else the browser.
export function language(s: Pick<Settings, 'locale'>, page: string, browser: string): Locale {
  return s.locale ?? localeOf(page || browser)
}
