// Sentences of a call's recording.
import { refusal } from './api'
import type { Line } from './transcript'

const around = 150 // ms that are heard before and after a sentence: its bounds are not exact

// Span is where a sentence is in a recording, in ms.
export interface Span { call: string; from: number; to: number }

// spanOf is where a line was said; undefined: it was not, or nobody knows where.
export function spanOf(l: Pick<Line, 'via' | 'span'>): Span | undefined {
  const s = l.span
  if (l.via !== 'voice' || !s || s.to <= s.from) return undefined
  return { call: s.call, from: Math.max(0, s.from - around), to: s.to + around }
}

// Player plays one sentence at a time. A recording is fetched once, but not kept while its
// call goes on: it grows.
export class Player {
  private readonly audio = new Audio()
  private kept = { call: '', url: '' }
  private turn = 0
  private timer?: ReturnType<typeof setInterval>

  constructor(private readonly onPlaying: (key: string) => void) {
    this.audio.onended = () => this.stop()
  }

  // play plays until the span's end; what played before stops. It throws when there is no
  // recording, and when the browser cannot play it.
  async play(key: string, s: Span, running: boolean): Promise<void> {
    this.stop()
    const turn = this.turn
    this.onPlaying(key)
    try {
      if (this.kept.call !== s.call || running) await this.fetch(s.call, running)
      if (turn !== this.turn) return
      if (this.audio.src !== this.kept.url) this.audio.src = this.kept.url
      this.audio.currentTime = s.from / 1000
      await this.audio.play()
      if (turn !== this.turn) return
      this.timer = setInterval(() => this.audio.currentTime * 1000 >= s.to && this.stop(), 40)
    } catch (err) {
      if (turn !== this.turn) return
      this.stop()
      throw err
    }
  }

  private async fetch(call: string, running: boolean): Promise<void> {
    const r = await fetch(`/v1/calls/${encodeURIComponent(call)}/recording`)
    if (!r.ok) throw refusal(r.status, r.statusText, await r.text())
    const url = URL.createObjectURL(await r.blob())
    if (this.kept.url) URL.revokeObjectURL(this.kept.url)
    this.kept = { call: running ? '' : call, url }
  }

  stop(): void {
    this.turn++
    clearInterval(this.timer)
    this.audio.pause()
    this.onPlaying('')
  }

  close(): void {
    this.stop()
    this.audio.removeAttribute('src')
    if (this.kept.url) URL.revokeObjectURL(this.kept.url)
  }
}
