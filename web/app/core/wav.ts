// Sound as the server's recognisers want it: WAV, 16-bit mono at 16 kHz, as base64.

export const rate = 16000

export function toWAV(samples: Float32Array): Uint8Array {
  const v = new DataView(new ArrayBuffer(44 + samples.length * 2))
  const text = (at: number, s: string) => [...s].forEach((c, i) => v.setUint8(at + i, c.charCodeAt(0)))
  text(0, 'RIFF')
  v.setUint32(4, 36 + samples.length * 2, true)
  text(8, 'WAVEfmt ')
  v.setUint32(16, 16, true)
  v.setUint16(20, 1, true)
  v.setUint16(22, 1, true)
  v.setUint32(24, rate, true)
  v.setUint32(28, rate * 2, true)
  v.setUint16(32, 2, true)
  v.setUint16(34, 16, true)
  text(36, 'data')
  v.setUint32(40, samples.length * 2, true)
  samples.forEach((s, i) => v.setInt16(44 + i * 2, Math.round(Math.max(-1, Math.min(1, s)) * 32767), true))
  return new Uint8Array(v.buffer)
}

export function base64(b: Uint8Array): string {
  let s = ''
  for (let i = 0; i < b.length; i += 8192) s += String.fromCharCode(...b.subarray(i, i + 8192))
  return btoa(s)
}

// speech is a recording or a file of any kind that the browser plays, as base64 of such a WAV.
export async function speech(file: Blob): Promise<string> {
  const c = new OfflineAudioContext(1, rate, rate)
  const sound = await c.decodeAudioData(await file.arrayBuffer())
  const out = new OfflineAudioContext(1, Math.min(Math.ceil(sound.duration * rate), 20 * rate), rate)
  const s = out.createBufferSource()
  s.buffer = sound
  s.connect(out.destination)
  s.start()
  return base64(toWAV((await out.startRendering()).getChannelData(0)))
}
