// mark splits a text where words of a question stand in it. Latin words are whole words.
export function mark(text: string, words: string[]): { text: string; found: boolean }[] {
  const known = [...words].filter(Boolean).sort((a, b) => b.length - a.length)
  if (known.length === 0) return [{ text, found: false }]
  const escaped = known.map((w) => {
    const e = w.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    return /\p{Script=Han}/u.test(w) ? e : `(?<![\\p{L}\\p{N}])${e}(?![\\p{L}\\p{N}])`
  })
  const found = new RegExp(`(${escaped.join('|')})`, 'giu')
  return text.split(found).map((part, i) => ({ text: part, found: i % 2 === 1 })).filter((p) => p.text !== '')
}
