import { createContext, useContext } from 'react'
import type { User } from '../core/admin'
import type { Locale } from '../core/locale'
import { deskWords, type DeskWords } from '../core/deskwords'

export interface Here {
  t: DeskWords
  locale: Locale
  me: User
  // tell says for a moment that something was done, or why it was not.
  tell: (text: string, bad?: boolean) => void
  // now is the time of the last tick, for waiting times; ms since 1970.
  now: number
}

export const DeskContext = createContext<Here>({ t: deskWords.en, locale: 'en', me: { id: '', email: '', role: 'agent' }, tell: () => undefined, now: 0 })

export const useDeskHere = () => useContext(DeskContext)

// since is a time span as a clock: 0:07, 12:30, 1:02:03.
export function since(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000))
  const two = (n: number) => String(n).padStart(2, '0')
  return s >= 3600 ? `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}` : `${Math.floor(s / 60)}:${two(s % 60)}`
}

export function clock(at: string, locale: Locale): string {
  const d = new Date(at)
  const today = d.toDateString() === new Date().toDateString()
  return new Intl.DateTimeFormat(locale, today ? { hour: '2-digit', minute: '2-digit' } : { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' }).format(d)
}

// tongue is a language's name in the reader's own.
export function tongue(tag: string | undefined, locale: Locale): string {
  if (!tag) return ''
  try {
    return new Intl.DisplayNames([locale], { type: 'language' }).of(tag) ?? tag
  } catch {
    return tag
  }
}
