// A supervisor's audio: connected while nothing is listened to, so that listening begins at
// once. The microphone is opened for whispering and talking alone.
import { ApiError } from './api'
import { call } from './desk'
import { fragment, renewed } from './sdpfrag'

export type Mode = 'listen' | 'whisper' | 'talk'
export type EarState = {
  line: 'connecting' | 'ready' | 'lost'
  call: string // that is listened to; '' is none
  mode: Mode
  busy: boolean
  muted: boolean
  heard?: number // ms from the wish to listen to the first sound
}

const again = 2000 // ms until a lost line is made anew

export class Ear {
  readonly audio = new Audio()
  state: EarState = { line: 'connecting', call: '', mode: 'listen', busy: false, muted: false }
  private pc?: RTCPeerConnection
  private sender?: RTCRtpSender
  private location = ''
  private answer = ''
  private mic?: MediaStream
  private meter?: { context: AudioContext; analyser: AnalyserNode }
  private timer?: ReturnType<typeof setTimeout>
  private watch?: ReturnType<typeof setInterval>
  private over = false

  constructor(private readonly onState: (s: EarState) => void) {
    this.audio.autoplay = true
    addEventListener('pagehide', this.hide)
    void this.stand()
  }

  private set(x: Partial<EarState>) {
    this.state = { ...this.state, ...x }
    if (!this.over) this.onState(this.state)
  }

  private get leg(): string {
    return this.location.slice(this.location.lastIndexOf('/') + 1)
  }

  // stand connects the line.
  private async stand(): Promise<void> {
    this.pc?.close()
    const pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle' })
    this.pc = pc
    this.sender = pc.addTransceiver('audio', { direction: 'sendrecv' }).sender
    pc.ontrack = (e) => {
      this.audio.srcObject = new MediaStream([e.track])
      void this.audio.play().catch(() => undefined) // it plays when one listens: that is a click
    }
    pc.onconnectionstatechange = () => {
      if (pc !== this.pc || this.over) return
      if (pc.connectionState === 'connected') this.set({ line: 'ready' })
      else if (pc.connectionState === 'disconnected') void this.restart()
      else if (pc.connectionState === 'failed') this.lost()
    }
    try {
      await pc.setLocalDescription(await pc.createOffer())
      const r = await fetch('/v1/desk/legs?for=listening', { method: 'POST', headers: { 'Content-Type': 'application/sdp' }, body: pc.localDescription?.sdp ?? '' })
      const text = await r.text()
      if (!r.ok) throw new ApiError({ title: r.statusText, status: r.status })
      this.location = r.headers.get('Location') ?? ''
      this.answer = text
      if (this.over || pc !== this.pc) return
      await pc.setRemoteDescription({ type: 'answer', sdp: text })
    } catch {
      if (pc === this.pc) this.lost()
    }
  }

  // restart finds another way for a line that is cut.
  private async restart(): Promise<void> {
    const pc = this.pc
    if (!pc || pc.signalingState !== 'stable') return
    try {
      await pc.setLocalDescription(await pc.createOffer({ iceRestart: true }))
      const r = await fetch(this.location, { method: 'PATCH', headers: { 'Content-Type': 'application/trickle-ice-sdpfrag' }, body: fragment(pc.localDescription?.sdp ?? '') })
      if (!r.ok) return this.lost()
      const frag = await r.text()
      if (frag) this.answer = renewed(this.answer, frag)
      await pc.setRemoteDescription({ type: 'answer', sdp: this.answer })
    } catch {
      if (pc === this.pc && pc.connectionState !== 'connected') this.lost()
    }
  }

  private lost() {
    if (this.over) return
    this.left()
    this.set({ line: 'lost' })
    clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.stand(), again)
  }

  // listen hears a call from now on; what was listened to before is left.
  async listen(id: string): Promise<void> {
    if (this.state.busy || this.state.call === id) return
    const begin = performance.now()
    this.set({ busy: true, heard: undefined })
    void this.audio.play().catch(() => undefined)
    this.measure(begin)
    try {
      if (this.state.call) await this.leave()
      await call('POST', `/v1/calls/${id}/legs?mode=listen&leg=${this.leg}`)
      this.set({ call: id, mode: 'listen', muted: false })
    } catch (err) {
      this.left()
      throw err
    } finally {
      this.set({ busy: false })
    }
  }

  // speak changes who hears the supervisor; to be heard there must be a microphone.
  async speak(mode: Mode): Promise<void> {
    if (this.state.busy || !this.state.call) return
    this.set({ busy: true })
    try {
      if (mode !== 'listen' && !this.mic) {
        this.mic = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true } })
        await this.sender?.replaceTrack(this.mic.getAudioTracks()[0] ?? null)
      }
      await call('PATCH', `/v1/calls/${this.state.call}/legs/${this.leg}`, { mode, muted: false })
      if (mode === 'listen') this.release()
      this.set({ mode, muted: false })
    } catch (err) {
      if (this.state.mode === 'listen') this.release()
      throw err
    } finally {
      this.set({ busy: false })
    }
  }

  async mute(muted: boolean): Promise<void> {
    await call('PATCH', `/v1/calls/${this.state.call}/legs/${this.leg}`, { muted })
    this.set({ muted })
  }

  async leave(): Promise<void> {
    const was = this.state.call
    this.left()
    if (was) await call('DELETE', `/v1/calls/${was}/legs/${this.leg}`).catch((err: unknown) => {
      if (!(err instanceof ApiError && err.problem.status === 404)) throw err // the call is over: so is this
    })
  }

  // left is how it is when the call is over.
  left() {
    clearInterval(this.watch)
    this.release()
    this.set({ call: '', mode: 'listen', muted: false })
  }

  private release() {
    void this.sender?.replaceTrack(null).catch(() => undefined)
    for (const t of this.mic?.getTracks() ?? []) t.stop()
    this.mic = undefined
  }

  // measure notes when the first sound is there.
  private measure(begin: number) {
    clearInterval(this.watch)
    const stream = this.audio.srcObject
    if (!(stream instanceof MediaStream)) return
    const context = this.meter?.context ?? new AudioContext()
    const analyser = context.createAnalyser()
    analyser.fftSize = 512
    context.createMediaStreamSource(stream).connect(analyser)
    this.meter = { context, analyser }
    void context.resume()
    const x = new Float32Array(analyser.fftSize)
    this.watch = setInterval(() => {
      analyser.getFloatTimeDomainData(x)
      if (!x.some((v) => Math.abs(v) > 0.01)) return
      clearInterval(this.watch)
      this.set({ heard: Math.round(performance.now() - begin) })
    }, 10)
  }

  private readonly hide = () => {
    if (this.location) void fetch(this.location, { method: 'DELETE', keepalive: true }).catch(() => undefined)
    this.close()
  }

  close() {
    this.left()
    this.over = true
    clearTimeout(this.timer)
    removeEventListener('pagehide', this.hide)
    if (this.location) void fetch(this.location, { method: 'DELETE', keepalive: true }).catch(() => undefined)
    this.pc?.close()
    this.audio.srcObject = null
    void this.meter?.context.close().catch(() => undefined)
  }
}
