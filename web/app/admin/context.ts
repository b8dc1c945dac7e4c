import { createContext, useContext } from 'react'
import type { User } from '../core/admin'
import { adminWords, type Words } from '../core/adminwords'
import type { Locale } from '../core/locale'

export interface Here {
  t: Words
  locale: Locale
  me: User
  // tell says for a moment that something was done.
  tell: (text: string) => void
}

export const HereContext = createContext<Here>({ t: adminWords.en, locale: 'en', me: { id: '', email: '', role: 'agent' }, tell: () => undefined })

export const useHere = () => useContext(HereContext)

const ranks = { agent: 1, supervisor: 2, admin: 3 }

// may tells whether somebody's role is at least another.
export function may(me: User, role: User['role']): boolean {
  return ranks[me.role] >= ranks[role]
}

export function when(at: string | undefined, locale: Locale): string {
  if (!at) return ''
  const d = new Date(at)
  const today = d.toDateString() === new Date().toDateString()
  return new Intl.DateTimeFormat(locale, today ? { hour: '2-digit', minute: '2-digit' } : { dateStyle: 'medium', timeStyle: 'short' }).format(d)
}
