import { useCallback, useEffect, useMemo, useState } from 'react'
import { landed, newKey, type Outgoing } from '../core/pictures'
import type { Line } from '../core/transcript'

export type Send = (text: string, files: File[], key: string, progress: (share: number) => void) => Promise<string>

// useOutbox holds messages with pictures until the transcript has them.
export function useOutbox(send: Send, lines: Line[]) {
  const [all, setAll] = useState<Outgoing[]>([])
  const change = useCallback((key: string, p: Partial<Outgoing>) => setAll((os) => os.map((o) => (o.key === key ? { ...o, ...p } : o))), [])
  const run = useCallback(
    (o: Outgoing) =>
      void send(o.text, o.files, o.key, (share) => change(o.key, { share })).then(
        (id) => change(o.key, { id }),
        (err: unknown) => change(o.key, { state: 'failed', err }),
      ),
    [send, change],
  )
  useEffect(() => setAll((os) => (os.some((o) => landed(o, lines)) ? os.filter((o) => !landed(o, lines)) : os)), [lines, all])

  const post = (text: string, files: File[]) => {
    const o: Outgoing = { key: newKey(), text, files, known: lines.map((l) => l.key), state: 'sending', share: 0 }
    setAll((os) => [...os, o])
    run(o)
  }
  const again = (o: Outgoing) => {
    change(o.key, { state: 'sending', share: 0, err: undefined })
    run(o)
  }
  const drop = (key: string) => setAll((os) => os.filter((o) => o.key !== key))
  const waiting = useMemo(() => all.filter((o) => !landed(o, lines)), [all, lines])
  return { waiting, post, again, drop }
}
