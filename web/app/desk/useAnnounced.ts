import { useEffect, useRef } from 'react'
import { Announcer } from '../core/announcer'

// useAnnounced has a screen reader say what a text is whenever it changes, politely and not
// too often. Returns what the region that says it needs.
export function useAnnounced(...texts: string[]): React.RefObject<HTMLDivElement | null> {
  const region = useRef<HTMLDivElement>(null)
  const announcer = useRef<Announcer>(undefined)
  const said = useRef(texts)
  useEffect(() => {
    if (!region.current) return
    const a = new Announcer(region.current)
    announcer.current = a
    return () => a.end()
  }, [])
  useEffect(() => {
    texts.forEach((x, i) => x !== said.current[i] && announcer.current?.say(x))
    said.current = texts
  })
  return region
}
