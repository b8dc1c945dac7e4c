import { useCallback, useEffect, useRef, useState } from 'react'

export interface Loaded<T> {
  data?: T
  error?: unknown
  loading: boolean
  reload: () => void
  set: (data: T) => void
}

// useLoad reads something, again when deps change, and again by itself while the server
// does not answer. What was there stays until the new is.
export function useLoad<T>(read: () => Promise<T>, deps: unknown[]): Loaded<T> {
  const [state, setState] = useState<{ data?: T; error?: unknown; loading: boolean }>({ loading: true })
  const [turn, setTurn] = useState(0)
  const latest = useRef(0)
  useEffect(() => {
    const mine = ++latest.current
    let timer: ReturnType<typeof setTimeout> | undefined
    setState((s) => ({ ...s, loading: true }))
    read().then(
      (data) => mine === latest.current && setState({ data, loading: false }),
      (error: unknown) => {
        if (mine !== latest.current) return
        setState((s) => ({ ...s, error, loading: false }))
        if (error instanceof TypeError) timer = setTimeout(() => setTurn((n) => n + 1), 3000)
      },
    )
    return () => clearTimeout(timer)
    // eslint-disable-next-line -- read is made anew on each render
  }, [...deps, turn])
  const reload = useCallback(() => setTurn((n) => n + 1), [])
  const set = useCallback((data: T) => setState({ data, loading: false }), [])
  return { ...state, reload, set }
}
