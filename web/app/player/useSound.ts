import { useCallback, useEffect, useRef, useState, type RefObject } from 'react'

const every = 40 // ms between two looks at where the sound is

export interface Sound {
  audio: RefObject<HTMLAudioElement | null>
  at: number // ms
  on: boolean
  rate: number
  broken: boolean
  go: (ms: number, play: boolean) => void
  toggle: () => void
  setRate: (r: number) => void
}

// useSound is an audio element that is played, and where it is.
export function useSound(seconds: number): Sound {
  const audio = useRef<HTMLAudioElement>(null)
  const [at, setAt] = useState(0)
  const [on, setOn] = useState(false)
  const [rate, keepRate] = useState(1)
  const [broken, setBroken] = useState(false)
  useEffect(() => {
    const a = audio.current
    if (!a) return
    const look = () => setAt(a.currentTime * 1000)
    const turned = () => {
      setOn(!a.paused)
      look()
    }
    const failed = () => a.error && setBroken(true)
    const timer = setInterval(() => !a.paused && look(), every)
    for (const what of ['play', 'pause', 'ended']) a.addEventListener(what, turned)
    a.addEventListener('seeked', look)
    a.addEventListener('error', failed)
    return () => {
      clearInterval(timer)
      for (const what of ['play', 'pause', 'ended']) a.removeEventListener(what, turned)
      a.removeEventListener('seeked', look)
      a.removeEventListener('error', failed)
      a.pause()
    }
  }, [])
  // A play that another seek or pause overtakes is no fault; one that cannot be decoded is told by error.
  const start = useCallback(() => void audio.current?.play().catch(() => undefined), [])
  const go = useCallback(
    (ms: number, play: boolean) => {
      const a = audio.current
      if (!a) return
      a.currentTime = Math.min(Math.max(0, ms / 1000), Math.max(0, seconds - 0.05))
      setAt(a.currentTime * 1000)
      if (play) start()
    },
    [seconds, start],
  )
  const toggle = useCallback(() => {
    const a = audio.current
    if (!a) return
    if (a.paused) start()
    else a.pause()
  }, [start])
  const setRate = useCallback((r: number) => {
    if (audio.current) audio.current.playbackRate = r
    keepRate(r)
  }, [])
  return { audio, at, on, rate, broken, go, toggle, setRate }
}
