import { useEffect, useState } from 'react'
import { desk, type Suggestion } from '../core/desk'
import type { Timeline } from '../core/timeline'

// leastWords is how much of a sentence in the making is worth a look, in characters.
const leastWords = 10

// useSuggestion is what could be said next in a conversation: for the customer's last words,
// and while the customer speaks for those. What is on the screen stays until there is another.
export function useSuggestion(id: string, told: Timeline, on: boolean): Suggestion | undefined {
  const [got, setGot] = useState<{ id: string; it: Suggestion }>()
  const last = told.transcript.lines.at(-1)
  const stamp = last ? `${last.key} ${last.from}` : ''
  const partial = told.transcript.partial
  const words = partial.length >= leastWords ? partial : ''
  useEffect(() => {
    if (!on || !id) return
    let gone = false
    const timer = setTimeout(
      () => desk.suggest(id, words).then((it) => gone || setGot((had) => ({ id, it: words && !it.text && had?.id === id ? had.it : it })), () => undefined),
      words ? 600 : 150,
    )
    return () => {
      gone = true
      clearTimeout(timer)
    }
  }, [id, stamp, words, on])
  return on && got?.id === id ? got.it : undefined
}
