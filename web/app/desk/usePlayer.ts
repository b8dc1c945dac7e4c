import { useCallback, useEffect, useRef, useState } from 'react'
import { ApiError } from '../core/api'
import { Player, spanOf } from '../core/playback'
import type { Line } from '../core/transcript'
import { useDeskHere } from './context'

// usePlayer plays sentences of calls; the one that plays is stopped by the same. running: a
// call of the conversation goes on.
export function usePlayer(running: boolean): { playing: string; play: (line: Line) => void } {
  const { t, tell } = useDeskHere()
  const player = useRef<Player>(undefined)
  const [playing, setPlaying] = useState('')
  useEffect(() => {
    const p = new Player(setPlaying)
    player.current = p
    return () => p.close()
  }, [])
  const play = useCallback(
    (line: Line) => {
      const span = spanOf(line)
      if (playing === line.key) return player.current?.stop()
      if (span)
        player.current?.play(line.key, span, running).catch((err: unknown) =>
          tell(err instanceof ApiError ? (err.problem.status === 404 ? t.audio.noRecording : err.message) : err instanceof TypeError ? t.lost : t.audio.cannotPlay, true),
        )
    },
    [playing, running, t, tell],
  )
  return { playing, play }
}
