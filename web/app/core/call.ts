import { ApiError, hangUp, patchCall, startCall, tellCall, type Session } from './api'
import { failureOf, isOver, obstacle, type Failure } from './failure'
import { gradeOf, Meter, type Grade } from './quality'
import { fragment, renewed } from './sdpfrag'

export type CallState =
  | { kind: 'idle' }
  | { kind: 'starting' } // asks for the microphone
  | { kind: 'connecting' }
  | { kind: 'live'; since: number; weak: boolean }
  | { kind: 'ended' }
  | { kind: 'failed'; failure: Failure; detail: string }

const restartAfter = 2000 // ms of a lost connection before ICE is restarted
const giveUpAfter = 20000
const connectWithin = 15000 // ms from the answer to the first connection

// Call is one voice call of the page: microphone, connection, playing.
export class Call {
  readonly audio = new Audio()
  mic?: MediaStream
  remote?: MediaStream
  private pc?: RTCPeerConnection
  private location = ''
  private answer = ''
  private timers: ReturnType<typeof setInterval>[] = []
  private lostAt = 0
  private over = false
  private since = 0
  private last = { delay: 0, count: 0 }
  private readonly meter = new Meter()
  private quiet?: AudioContext // of a call without a microphone

  constructor(
    private readonly session: Session,
    private readonly language: string,
    private readonly onState: (s: CallState) => void,
    private readonly onSilenced: (blocked: boolean) => void = () => undefined,
    private readonly onGrade: (g: Grade) => void = () => undefined,
  ) {
    this.audio.autoplay = true
  }

  // start throws when the conversation can take no call; every other failure is a state. A
  // silent call has no microphone: who makes it hears, and writes.
  async start(deviceId?: string, silent = false): Promise<void> {
    const failure = obstacle(window)
    if (failure && !(silent && window.RTCPeerConnection)) return this.finish({ kind: 'failed', failure, detail: '' })
    this.onState({ kind: 'starting' })
    try {
      this.mic = silent ? this.silence() : await navigator.mediaDevices.getUserMedia({ audio: constraints(deviceId) })
      if (this.over) return this.release() // hung up while the browser asked
      this.onState({ kind: 'connecting' })
      await this.connect()
    } catch (err) {
      if (isOver(err) && !this.over) {
        this.release()
        throw err
      }
      this.finish({ kind: 'failed', ...failureOf(err) })
    }
  }

  private async connect(): Promise<void> {
    const pc = new RTCPeerConnection({ iceServers: this.session.ice_servers, bundlePolicy: 'max-bundle' })
    this.pc = pc
    for (const track of this.mic?.getAudioTracks() ?? []) pc.addTrack(track, this.mic as MediaStream)
    pc.ontrack = (e) => {
      this.remote = e.streams[0] ?? new MediaStream([e.track])
      this.audio.srcObject = this.remote
      void this.play()
    }
    pc.onconnectionstatechange = () => this.changed(pc.connectionState)
    await pc.setLocalDescription(await pc.createOffer())
    const { location, sdp } = await startCall(this.session, pc.localDescription?.sdp ?? '', this.language)
    this.location = location
    this.answer = sdp
    if (this.over) {
      void hangUp(this.session, location).catch(() => undefined)
      return
    }
    await pc.setRemoteDescription({ type: 'answer', sdp })
    if (this.quiet) this.tell(false)
    const late = setTimeout(() => this.since || this.finish({ kind: 'failed', failure: 'blocked', detail: '' }), connectWithin)
    this.timers.push(late, setInterval(() => void this.report(), 2000), setInterval(() => this.mend(), 500))
    window.addEventListener('online', this.restart)
  }

  private changed(state: RTCPeerConnectionState): void {
    if (this.over) return
    if (state === 'connected') {
      this.lostAt = 0
      this.since ||= Date.now()
      this.onState({ kind: 'live', since: this.since, weak: false })
    } else if (!this.since) {
      if (state === 'failed') this.finish({ kind: 'failed', failure: 'blocked', detail: '' })
    } else if (state === 'disconnected' || state === 'failed') {
      this.lostAt ||= Date.now()
      this.onState({ kind: 'live', since: this.since, weak: true })
      this.onGrade(0)
    }
  }

  // mend restarts ICE while the connection is lost, and gives up in the end.
  private mend(): void {
    if (this.lostAt === 0) return
    const lost = Date.now() - this.lostAt
    if (lost > giveUpAfter) {
      this.finish({ kind: 'failed', failure: 'network', detail: '' })
    } else if (lost > restartAfter && lost % 4000 < 500) {
      void this.restart()
    }
  }

  private readonly restart = async (): Promise<void> => {
    const pc = this.pc
    if (!pc || this.over || pc.signalingState !== 'stable') return
    try {
      await pc.setLocalDescription(await pc.createOffer({ iceRestart: true }))
      const frag = await patchCall(this.session, this.location, fragment(pc.localDescription?.sdp ?? ''))
      if (frag) this.answer = renewed(this.answer, frag)
      await pc.setRemoteDescription({ type: 'answer', sdp: this.answer })
    } catch (err) {
      if (err instanceof ApiError && err.problem.status === 404) this.finish({ kind: 'ended' })
      else if ((pc.signalingState as string) === 'have-local-offer') await pc.setLocalDescription({ type: 'rollback' })
    }
  }

  // report tells the server how far behind the loudspeaker is, so that it knows what was heard,
  // and the page how good the network is.
  private async report(): Promise<void> {
    const stats = await this.pc?.getStats()
    if (!stats || this.over) return
    const measure = this.meter.take([...stats.values()])
    if (measure) this.onGrade(gradeOf(measure))
    stats.forEach((s: RTCInboundRtpStreamStats & { type: string }) => {
      if (s.type !== 'inbound-rtp' || s.kind !== 'audio') return
      const delay = s.jitterBufferDelay ?? 0
      const count = s.jitterBufferEmittedCount ?? 0
      const emitted = count - this.last.count
      if (emitted > 0) {
        const ms = (1000 * (delay - this.last.delay)) / emitted + 20
        void tellCall(this.session, this.location, { playout_ms: Math.round(ms) }).catch(() => undefined)
      }
      this.last = { delay, count }
    })
  }

  // play starts the sound; a browser that wants a touch first says so here.
  async play(): Promise<void> {
    try {
      await this.audio.play()
      this.onSilenced(false)
    } catch (err) {
      if (!this.over && (err as Error).name === 'NotAllowedError') this.onSilenced(true)
    }
  }

  mute(on: boolean): void {
    for (const t of this.mic?.getAudioTracks() ?? []) t.enabled = !on
    if (!this.quiet) this.tell(!on)
  }

  // tell says whether there is a microphone: who has none is not asked about silence.
  private tell(microphone: boolean): void {
    void tellCall(this.session, this.location, { microphone }).catch(() => undefined) // a call that is over needs it no more
  }

  // silence is a microphone that hears nothing.
  private silence(): MediaStream {
    this.quiet = new AudioContext()
    return this.quiet.createMediaStreamDestination().stream
  }

  // press sends a key as a telephone event (RFC 4733), for those who cannot or will not speak.
  press(key: string): void {
    const dtmf = this.pc?.getSenders()[0]?.dtmf
    dtmf?.insertDTMF(dtmf.toneBuffer + key, 100, 50) // behind those that still sound
  }

  record(on: boolean): Promise<void> {
    return tellCall(this.session, this.location, { recording: on })
  }

  // device is the microphone in use; '' where the browser does not say.
  device(): string {
    return this.mic?.getAudioTracks()[0]?.getSettings().deviceId ?? ''
  }

  // use changes the microphone in the running call.
  async use(deviceId: string): Promise<void> {
    const next = await navigator.mediaDevices.getUserMedia({ audio: constraints(deviceId) })
    const track = next.getAudioTracks()[0]
    if (!track) return
    const muted = this.mic?.getAudioTracks().some((t) => !t.enabled) ?? false
    track.enabled = !muted
    await this.pc?.getSenders()[0]?.replaceTrack(track)
    this.mic?.getTracks().forEach((t) => t.stop())
    this.mic = next
    if (this.over) this.release()
  }

  // hangUp ends the call from here; ended notes that the other side did.
  hangUp(): void {
    if (this.location) void hangUp(this.session, this.location).catch(() => undefined)
    this.finish({ kind: 'ended' })
  }

  ended(): void {
    this.finish({ kind: 'ended' })
  }

  private finish(s: CallState): void {
    if (this.over) return
    this.release()
    this.onState(s)
  }

  private release(): void {
    this.over = true
    this.timers.forEach(clearInterval)
    window.removeEventListener('online', this.restart)
    this.pc?.close()
    this.mic?.getTracks().forEach((t) => t.stop())
    void this.quiet?.close().catch(() => undefined)
    this.audio.srcObject = null
  }
}

function constraints(deviceId?: string): MediaTrackConstraints {
  const wish: MediaTrackConstraints = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 }
  return deviceId ? { ...wish, deviceId: { exact: deviceId } } : wish
}
