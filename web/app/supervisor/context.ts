import { createContext, useContext } from 'react'
import type { Person } from '../core/desk'
import type { User } from '../core/admin'
import type { Locale } from '../core/locale'
import { wallWords, type WallWords } from '../core/wallwords'

export interface Here {
  t: WallWords
  locale: Locale
  me: User
  people: Person[]
  // run does something, and says that it was done, or why it was not.
  run: (what: () => Promise<unknown>, done?: string) => void
  // now is the time of the last tick; ms since 1970.
  now: number
}

export const WallContext = createContext<Here>({ t: wallWords.en, locale: 'en', me: { id: '', email: '', role: 'agent' }, people: [], run: () => undefined, now: 0 })

export const useWallHere = () => useContext(WallContext)

// nameOf is what a colleague is called.
export function nameOf(people: Person[], id: string | undefined): string {
  return people.find((p) => p.id === id)?.name ?? ''
}
