import { useComputedColorScheme } from '@mantine/core'
import { useEffect, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react'
import { columns, type Peaks } from '../core/peaks'
import type { PlayerWords } from '../core/playerwords'
import { since } from '../desk/context'

const height = 112 // px of both lanes
const bar = 3 // px from one column to the next

interface Props { t: PlayerWords; peaks?: Peaks; seconds: number; at: number; go: (ms: number, play: boolean) => void }

// Wave is both lanes of a call, the customer above; a click plays from there.
export function Wave({ t, peaks, seconds, at, go }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const [width, setWidth] = useState(0)
  const scheme = useComputedColorScheme('light')
  useEffect(() => {
    if (!canvas.current) return
    const seen = new ResizeObserver(([e]) => e && setWidth(Math.floor(e.contentRect.width)))
    seen.observe(canvas.current)
    return () => seen.disconnect()
  }, [])
  useEffect(() => {
    if (canvas.current && width > 0) draw(canvas.current, width, peaks)
  }, [peaks, width, scheme])
  const all = seconds * 1000
  const seek = (e: PointerEvent<HTMLDivElement>, play: boolean) => {
    const r = e.currentTarget.getBoundingClientRect()
    go(((e.clientX - r.left) / r.width) * all, play)
  }
  const key = (e: KeyboardEvent) => {
    const to = { Home: 0, End: all, ArrowUp: at + 5000, ArrowDown: at - 5000, PageUp: at + 30_000, PageDown: at - 30_000 }[e.key]
    if (to === undefined) return
    e.preventDefault()
    go(to, false)
  }
  return (
    <div
      className="wave" role="slider" tabIndex={0} aria-label={t.position} aria-valuemin={0} aria-valuemax={Math.ceil(seconds)} aria-valuenow={Math.min(Math.round(at / 1000), Math.ceil(seconds))} aria-valuetext={t.at(since(at), since(all))}
      onKeyDown={key} onPointerDown={(e) => {
        if (e.button !== 0) return
        e.currentTarget.setPointerCapture(e.pointerId)
        seek(e, true)
      }}
      onPointerMove={(e) => e.buttons === 1 && e.currentTarget.hasPointerCapture(e.pointerId) && seek(e, false)}
    >
      <canvas ref={canvas} style={{ height }} aria-hidden />
      <span className="wavename" aria-hidden>
        {t.lanes.left}
      </span>
      <span className="wavename lower" aria-hidden>
        {t.lanes.right}
      </span>
      <span className="wavepast" style={{ width: `${all ? Math.min(100, (at / all) * 100) : 0}%` }} aria-hidden />
    </div>
  )
}

// draw paints both lanes, and a thin line where there is no peak yet.
function draw(c: HTMLCanvasElement, width: number, peaks?: Peaks): void {
  const g = c.getContext('2d')
  if (!g) return
  const sharp = devicePixelRatio || 1
  c.width = width * sharp
  c.height = height * sharp
  g.scale(sharp, sharp)
  const style = getComputedStyle(c)
  const count = Math.max(1, Math.floor(width / bar))
  const lanes: [Float32Array, string][] = [
    [columns(peaks?.left ?? new Float32Array(0), count), '--lane'],
    [columns(peaks?.right ?? new Float32Array(0), count), '--accent'],
  ]
  lanes.forEach(([heights, colour], i) => {
    const middle = height * (0.25 + 0.5 * i)
    g.fillStyle = resolved(c, style.getPropertyValue(colour))
    heights.forEach((h, x) => {
      // Speech lies low in a linear scale: its root is what the eye expects.
      const tall = Math.max(1, Math.sqrt(h) * (height / 2 - 8))
      g.fillRect(x * bar, middle - tall / 2, bar - 1, tall)
    })
  })
}

// resolved is a colour as it is in the scheme that shows: a canvas knows no light-dark().
function resolved(c: HTMLCanvasElement, colour: string): string {
  c.style.color = colour
  const is = getComputedStyle(c).color
  c.style.color = ''
  return is
}
