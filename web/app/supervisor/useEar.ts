import { useEffect, useRef, useState } from 'react'
import { Ear, type EarState } from '../core/ear'

// useEar is the supervisor's audio, from the opening of the page to its end.
export function useEar(): { ear?: Ear; state: EarState } {
  const ear = useRef<Ear>(undefined)
  const [state, setState] = useState<EarState>({ line: 'connecting', call: '', mode: 'listen', busy: false, muted: false })
  useEffect(() => {
    const e = new Ear(setState)
    ear.current = e
    return () => e.close()
  }, [])
  return { ear: ear.current, state }
}
