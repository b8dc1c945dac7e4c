// An agent's audio: connected while there is no call, so that a call begins without setting
// up a connection. The server brings it into the agent's calls; the page only keeps it there.
import { refusal } from './api'
import { failureOf, obstacle, type Failure } from './failure'
import { gradeOf, Meter, type Grade } from './quality'
import { fragment, renewed } from './sdpfrag'

export interface StandByState {
  line: 'off' | 'asking' | 'connecting' | 'ready' | 'lost' | 'elsewhere' | 'failed'
  leg: string // its name in calls; '' while there is none
  muted: boolean
  silenced: boolean // the browser keeps the sound off until it is touched
  grade?: Grade // of the network; not known while nothing is sent
  mic?: MediaStream
  failure?: Failure
  detail?: string
}

export const off: StandByState = { line: 'off', leg: '', muted: false, silenced: false }

export interface Devices { microphone: string; speaker: string } // '' is the browser's choice

const again = 2000 // ms until a lost line is made anew
const connectWithin = 15_000
// A newer line of the same person takes a line's place: whose line ends so soon and so often
// is not the one that is wanted.
const crowd = { within: 60_000, times: 3 }

// crowded tells whether a line that is ended by the server at these times (ms) is given up.
export function crowded(ends: number[], now: number): boolean {
  return ends.filter((at) => now - at < crowd.within).length >= crowd.times
}

// StandBy is one person's audio on this page. It hears and is heard only in calls.
export class StandBy {
  readonly audio = new Audio()
  state = off
  private pc?: RTCPeerConnection
  private sender?: RTCRtpSender
  private location = ''
  private answer = ''
  private timers: ReturnType<typeof setTimeout>[] = []
  private stats?: ReturnType<typeof setInterval>
  private ends: number[] = []
  private meter = new Meter()
  private turn = 0 // what began before on or off was called last is not gone on with
  private readonly others = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel('parley.audio')

  constructor(private readonly devices: Devices, private readonly onState: (s: StandByState) => void) {
    this.audio.autoplay = true
    this.listenTo(devices.speaker)
    if (this.others) this.others.onmessage = () => this.state.line !== 'off' && this.end('elsewhere') // another tab of this browser has it
  }

  private set(x: Partial<StandByState>) {
    this.state = { ...this.state, ...x }
    this.onState(this.state)
  }

  // on asks for the microphone and stands by, until off.
  async on(): Promise<void> {
    if (['asking', 'connecting', 'ready', 'lost'].includes(this.state.line)) return
    const failure = obstacle(window)
    if (failure) return this.set({ line: 'failed', failure, detail: '' })
    const turn = ++this.turn
    this.ends = []
    this.set({ ...off, line: 'asking' })
    try {
      const mic = await this.open(this.devices.microphone)
      if (turn !== this.turn) return stop(mic)
      this.others?.postMessage('mine')
      this.set({ mic })
      await this.connect()
    } catch (err) {
      if (turn === this.turn) this.end('failed', failureOf(err))
    }
  }

  // open gives a microphone; when the one that was chosen is gone, the browser's choice.
  private async open(microphone: string): Promise<MediaStream> {
    const wish: MediaTrackConstraints = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 }
    try {
      const mic = await navigator.mediaDevices.getUserMedia({ audio: microphone ? { ...wish, deviceId: { exact: microphone } } : wish })
      mic.getAudioTracks()[0]?.addEventListener('ended', () => mic === this.state.mic && void this.use('').catch(() => this.end('failed', { failure: 'no-microphone', detail: '' })))
      return mic
    } catch (err) {
      if (microphone && err instanceof Error && ['OverconstrainedError', 'NotFoundError'].includes(err.name)) return this.open('')
      throw err
    }
  }

  private async connect(): Promise<void> {
    const turn = this.turn
    this.pc?.close()
    this.clear()
    const pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle' })
    this.pc = pc
    this.meter = new Meter()
    const live = () => turn === this.turn && pc === this.pc
    this.set({ line: this.state.line === 'lost' ? 'lost' : 'connecting', leg: '', grade: undefined })
    const track = this.state.mic?.getAudioTracks()[0]
    if (!track || !this.state.mic) return
    this.sender = pc.addTrack(track, this.state.mic)
    pc.ontrack = (e) => {
      this.audio.srcObject = new MediaStream([e.track])
      void this.play()
    }
    pc.onconnectionstatechange = () => {
      if (!live()) return
      if (pc.connectionState === 'connected') this.set({ line: 'ready' })
      else if (pc.connectionState === 'disconnected') void this.restart()
      else if (pc.connectionState === 'failed') this.lost(false)
    }
    await pc.setLocalDescription(await pc.createOffer())
    const r = await fetch('/v1/desk/legs', { method: 'POST', headers: { 'Content-Type': 'application/sdp' }, body: pc.localDescription?.sdp ?? '' })
    const text = await r.text()
    if (!r.ok) throw refusal(r.status, r.statusText, text, r.headers.get('Retry-After'))
    const location = r.headers.get('Location') ?? ''
    if (!live()) return leave(location)
    this.location = location
    this.answer = text
    await pc.setRemoteDescription({ type: 'answer', sdp: text })
    this.set({ leg: location.slice(location.lastIndexOf('/') + 1) })
    const transport = this.sender.transport
    if (transport) transport.onstatechange = () => live() && transport.state === 'closed' && this.lost(true)
    this.timers.push(setTimeout(() => live() && pc.connectionState !== 'connected' && this.end('failed', { failure: 'blocked', detail: '' }), connectWithin))
    this.stats = setInterval(() => void this.measure(pc), 2000)
  }

  // restart finds another way for a line that is cut.
  private async restart(): Promise<void> {
    const { pc, location } = this
    if (!pc || pc.signalingState !== 'stable') return
    this.set({ grade: 0 })
    try {
      await pc.setLocalDescription(await pc.createOffer({ iceRestart: true }))
      const r = await fetch(location, { method: 'PATCH', headers: { 'Content-Type': 'application/trickle-ice-sdpfrag' }, body: fragment(pc.localDescription?.sdp ?? '') })
      if (pc !== this.pc) return
      if (!r.ok) return this.lost(r.status === 404)
      const frag = await r.text()
      if (frag) this.answer = renewed(this.answer, frag)
      await pc.setRemoteDescription({ type: 'answer', sdp: this.answer })
    } catch {
      if (pc === this.pc && pc.connectionState !== 'connected') this.lost(false)
    }
  }

  // lost makes the line anew after a while; ended: the server has closed it.
  private lost(ended: boolean) {
    const now = Date.now()
    if (ended) this.ends = [...this.ends.slice(-crowd.times), now]
    if (crowded(this.ends, now)) return this.end('elsewhere')
    this.clear()
    this.pc?.close()
    this.pc = undefined
    this.set({ line: 'lost', leg: '', grade: 0 })
    const turn = this.turn
    this.timers.push(setTimeout(() => turn === this.turn && void this.connect().catch(() => turn === this.turn && this.lost(false)), again))
  }

  private async measure(pc: RTCPeerConnection): Promise<void> {
    const rows = await pc.getStats()
    const measure = this.meter.take([...rows.values()])
    if (measure && pc === this.pc && pc.connectionState === 'connected') this.set({ grade: gradeOf(measure) })
  }

  // play starts the sound; a browser that wants a touch first says so here.
  async play(): Promise<void> {
    try {
      await this.audio.play()
      this.set({ silenced: false })
    } catch (err) {
      if (err instanceof Error && err.name === 'NotAllowedError') this.set({ silenced: true })
    }
  }

  mute(muted: boolean): void {
    for (const t of this.state.mic?.getAudioTracks() ?? []) t.enabled = !muted
    this.set({ muted })
  }

  // use changes the microphone, in a running call too.
  async use(microphone: string): Promise<void> {
    this.devices.microphone = microphone
    const before = this.state.mic
    if (!before) return
    const turn = this.turn
    const mic = await this.open(microphone)
    const track = mic.getAudioTracks()[0]
    if (turn !== this.turn || !track) return stop(mic)
    track.enabled = !this.state.muted
    await this.sender?.replaceTrack(track)
    this.set({ mic })
    stop(before)
  }

  // listenTo changes the loudspeaker, where the browser can.
  listenTo(speaker: string): void {
    this.devices.speaker = speaker
    const to = this.audio as HTMLAudioElement & { setSinkId?: (id: string) => Promise<void> }
    void to.setSinkId?.(speaker).catch(() => undefined) // one that is gone: the browser's choice goes on
  }

  off(): void {
    this.end('off')
  }

  private end(line: 'off' | 'elsewhere' | 'failed', why: { failure?: Failure; detail?: string } = {}) {
    this.turn++
    this.clear()
    this.pc?.close()
    this.pc = undefined
    if (this.location && line !== 'elsewhere') leave(this.location)
    this.location = ''
    stop(this.state.mic)
    this.audio.srcObject = null
    this.set({ ...off, line, ...why })
  }

  private clear() {
    this.timers.forEach(clearTimeout)
    this.timers = []
    clearInterval(this.stats)
  }

  // close is for a page that goes on without it. A page that is loaded again does not come
  // here: the server keeps the place in a call until the new page stands by.
  close(): void {
    if (this.state.line !== 'off') this.end('off')
    this.others?.close()
  }
}

function stop(s?: MediaStream) {
  for (const t of s?.getTracks() ?? []) t.stop()
}

function leave(location: string) {
  void fetch(location, { method: 'DELETE', keepalive: true }).catch(() => undefined)
}
