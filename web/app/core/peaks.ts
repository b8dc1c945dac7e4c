// How loud a recording is, lane by lane, for drawing it.
import type { Taken } from './ogg'

export const perSecond = 50 // peaks of a lane
const rate = 8000 // at which it is decoded: enough for peaks

// Peaks are the highest samples of both lanes, 0 to 1; done counts those that are measured.
export interface Peaks { left: Float32Array; right: Float32Array; done: number }

// measure decodes a recording piece by piece; onPart is told as more is there. A piece that
// cannot be decoded stays silent: the rest of the wave is worth having.
export async function measure(taken: Taken, onPart: (p: Peaks) => void, signal: AbortSignal): Promise<void> {
  const n = Math.ceil(taken.seconds * perSecond)
  const peaks: Peaks = { left: new Float32Array(n), right: new Float32Array(n), done: 0 }
  const decoder = new OfflineAudioContext(2, 1, rate)
  for (const [i, piece] of taken.pieces.entries()) {
    const from = Math.round(piece.at * perSecond)
    const sound = await decoder.decodeAudioData(piece.bytes.buffer).catch(() => undefined)
    if (signal.aborted) return
    if (sound) {
      fill(peaks.left, from, sound.getChannelData(0))
      fill(peaks.right, from, sound.getChannelData(Math.min(1, sound.numberOfChannels - 1)))
    }
    const next = taken.pieces[i + 1]
    onPart({ ...peaks, done: next ? Math.round(next.at * perSecond) : n })
  }
}

function fill(lane: Float32Array, from: number, samples: Float32Array): void {
  const step = rate / perSecond
  for (let at = 0, k = from; at < samples.length && k < lane.length; at += step, k++) {
    let top = 0
    for (let j = at; j < at + step && j < samples.length; j++) top = Math.max(top, Math.abs(samples[j] as number))
    lane[k] = Math.max(lane[k] as number, Math.min(1, top))
  }
}

// columns are the highest of a lane's peaks under each of some columns.
export function columns(lane: Float32Array, count: number): Float32Array {
  const out = new Float32Array(count)
  for (let x = 0; x < count; x++) {
    const from = Math.floor((x * lane.length) / count)
    const to = Math.max(from + 1, Math.floor(((x + 1) * lane.length) / count))
    for (let k = from; k < to && k < lane.length; k++) out[x] = Math.max(out[x] as number, lane[k] as number)
  }
  return out
}
