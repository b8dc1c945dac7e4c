// Ready replies and calls of colleagues in the line where an agent writes.
import type { Canned } from './desk'

// Token is what is being written right before the caret: /shortcut or @name.
export interface Token { kind: '/' | '@'; from: number; to: number; word: string }

// tokenAt finds it; undefined: none is.
export function tokenAt(text: string, caret: number): Token | undefined {
  const m = /(^|\s)([/@])([\p{L}\p{N}_-]*)$/u.exec(text.slice(0, caret))
  if (!m) return undefined
  const word = m[3] ?? ''
  return { kind: m[2] as '/' | '@', from: caret - word.length - 1, to: caret, word: word.toLowerCase() }
}

// matching are the replies that a shortcut may mean: its beginning first, then its text's words.
export function matching(all: Canned[], word: string, language: string): Canned[] {
  const speaks = (c: Canned) => !c.language || c.language.slice(0, 2) === language.slice(0, 2)
  const starts = all.filter((c) => c.shortcut.toLowerCase().startsWith(word))
  const holds = all.filter((c) => !starts.includes(c) && word.length > 1 && c.text.toLowerCase().includes(word))
  return [...starts, ...holds].sort((a, b) => Number(speaks(b)) - Number(speaks(a))).slice(0, 8)
}

// filled is a reply with its variables; what is not known is left out with the space or comma before it.
export function filled(text: string, known: Record<string, string | undefined>): string {
  return text.replace(/([ ,，]*)\{(customer|agent|company|queue)\}/g, (_, before: string, name: string) => (known[name] ? before + known[name] : ''))
}

// mentioned are the colleagues whom a note calls: by their whole name, or its first word.
export function mentioned(text: string, people: { id: string; name?: string }[]): string[] {
  const lower = text.toLowerCase()
  const calls = (name: string) => {
    const at = lower.indexOf('@' + name.toLowerCase())
    return name !== '' && at >= 0 && !/[\p{L}\p{N}]/u.test(lower[at + name.length + 1] ?? ' ')
  }
  return people.filter((p) => p.name && (calls(p.name) || calls(p.name.split(' ')[0] ?? ''))).map((p) => p.id)
}
