// listening makes what meters measure with; undefined where a browser has none.
export function listening(): AudioContext | undefined {
  if (typeof AudioContext === 'undefined') return undefined
  const context = new AudioContext()
  if (context.state === 'suspended') void context.resume().catch(() => undefined)
  return context
}

// meter calls back about 15 times a second with how loud a stream is, 0 to 1.
export function meter(context: AudioContext, stream: MediaStream, onLevel: (level: number) => void): () => void {
  const source = context.createMediaStreamSource(stream)
  const analyser = context.createAnalyser()
  analyser.fftSize = 512
  source.connect(analyser)
  const samples = new Float32Array(analyser.fftSize)
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples)
    const power = samples.reduce((sum, s) => sum + s * s, 0) / samples.length
    // −60 dBFS is empty, −12 is full.
    onLevel(Math.min(1, Math.max(0, (10 * Math.log10(power + 1e-9) + 60) / 48)))
  }, 66)
  return () => {
    clearInterval(timer)
    source.disconnect()
  }
}
