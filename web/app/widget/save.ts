import { transcript, type Session } from '../core/api'
import type { Locale } from '../core/locale'
import { h } from './dom'

// save gives the customer the conversation as a file.
export async function save(s: Session | undefined, locale: Locale): Promise<void> {
  if (!s) return
  const url = URL.createObjectURL(await transcript(s, 'html', locale))
  h('a', { href: url, download: `${new Date().toISOString().slice(0, 10)}.html` }).click()
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
