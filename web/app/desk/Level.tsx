import { useEffect, useRef } from 'react'
import { listening, meter } from '../core/level'

// Level shows how loud the microphone is; it draws without rendering anew.
export function Level({ mic, label }: { mic?: MediaStream; label: string }) {
  const box = useRef<HTMLSpanElement>(null)
  useEffect(() => {
    const context = mic && listening()
    if (!mic || !context) return
    const stop = meter(context, mic, (level) => box.current?.style.setProperty('--level', String(level)))
    return () => {
      stop()
      void context.close().catch(() => undefined)
    }
  }, [mic])
  return <span ref={box} className="level" role="img" aria-label={label} title={label} />
}
