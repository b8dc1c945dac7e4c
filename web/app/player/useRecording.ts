import { useEffect, useState } from 'react'
import { ApiError, refusal } from '../core/api'
import { takeApart } from '../core/ogg'
import { measure, type Peaks } from '../core/peaks'

export type Trouble = '' | 'none' | 'broken' | 'lost'

export interface Recording {
  url: string // of the sound; '' until it is here
  seconds: number
  peaks?: Peaks
  trouble: Trouble
}

const nothing: Recording = { url: '', seconds: 0, trouble: '' }

// useRecording fetches a call's recording once, whole: the server notes each hearing. It can
// be played before its wave form is there.
export function useRecording(call: string, turn: number): Recording {
  const [state, setState] = useState(nothing)
  useEffect(() => {
    const stop = new AbortController()
    let url = ''
    const load = async () => {
      const r = await fetch(`/v1/calls/${encodeURIComponent(call)}/recording`, { signal: stop.signal })
      if (!r.ok) throw refusal(r.status, r.statusText, await r.text())
      const bytes = await r.arrayBuffer()
      if (stop.signal.aborted) return
      const taken = takeApart(new Uint8Array(bytes))
      url = URL.createObjectURL(new Blob([bytes], { type: 'audio/ogg' }))
      setState({ url, seconds: taken.seconds, trouble: '' })
      await measure(taken, (peaks) => setState((s) => ({ ...s, peaks })), stop.signal)
    }
    setState(nothing)
    load().catch((err: unknown) => {
      if (!stop.signal.aborted) setState((s) => (s.url ? s : { ...s, trouble: err instanceof ApiError ? (err.problem.status === 404 ? 'none' : 'lost') : err instanceof TypeError ? 'lost' : 'broken' }))
    })
    return () => {
      stop.abort()
      if (url) URL.revokeObjectURL(url)
    }
  }, [call, turn])
  return state
}
