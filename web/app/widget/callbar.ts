import type { Call } from '../core/call'
import type { Catalog } from '../core/catalog'
import type { Grade } from '../core/quality'
import { attribute, h, say, show } from './dom'
import { icon } from './icons'
import { Keypad } from './keypad'
import { button, clock, iconButton, relabel } from './parts'
import type { View } from './talk'

export interface CallActions {
  call: () => Call | undefined
  mute: (on: boolean) => void
  hangUp: () => void
  stopRecording: () => void
  play: () => void
}

// Callbar is the call that runs: how it stands, levels, mute, keys, microphone, hanging up.
export class Callbar {
  readonly node: HTMLElement
  private readonly status = h('span', { role: 'status', class: 'callstate' })
  private readonly time = h('span', { class: 'time' })
  private readonly grade: HTMLElement
  private readonly tape: HTMLButtonElement
  private readonly mute: HTMLButtonElement
  private readonly pad: Keypad
  private readonly padButton: HTMLButtonElement
  private readonly mics: HTMLSelectElement
  private readonly levels: [HTMLMeterElement, HTMLMeterElement]
  private readonly sound: HTMLElement
  private readonly hangup: HTMLButtonElement
  private clock?: ReturnType<typeof setInterval>
  private since = 0
  private muted = false

  constructor(
    private readonly t: Catalog,
    private readonly o: CallActions,
  ) {
    this.grade = h('span', { class: 'grade', role: 'img', hidden: true }, h('i'), h('i'), h('i'))
    this.tape = h('button', { type: 'button', class: 'tape', hidden: true, on: { click: o.stopRecording } }, icon('record', 12), h('span'))
    this.mute = iconButton('mic', t.mute, () => o.mute(!this.muted))
    this.padButton = iconButton('keypad', t.keypad, () => this.keys(this.pad.node.hidden))
    this.pad = new Keypad(t, (key) => o.call()?.press(key))
    this.mics = h('select', { class: 'mics', 'aria-label': t.microphone, on: { change: () => this.use() } })
    const level = (label: string) => h('meter', { min: '0', max: '1', 'aria-label': label })
    this.levels = [level(t.heardYou), level(t.heardBot)]
    this.hangup = button(t.hangup, o.hangUp, 'danger', icon('hangup', 18))
    this.sound = h('div', { class: 'note', role: 'alert', hidden: true }, h('span', {}, t.soundOff), button(t.soundOn, o.play))
    const meter = (label: string, m: HTMLElement) => h('div', { class: 'meter' }, h('span', { class: 'dim', 'aria-hidden': 'true' }, label), m)
    this.node = h(
      'section', { class: 'callbar', 'aria-label': t.live, hidden: true },
      h('div', { class: 'row' }, this.status, this.time, this.grade, h('span', { class: 'grow' }), this.tape),
      h('div', { class: 'meters' }, meter(t.heardYou, this.levels[0]), meter(t.heardBot, this.levels[1])),
      h('div', { class: 'row' }, this.mute, this.padButton, this.mics, this.hangup),
      this.pad.node, this.sound,
    )
    navigator.mediaDevices?.addEventListener?.('devicechange', this.list)
  }

  update(v: View): void {
    const { t } = this
    const c = v.call
    const on = c.kind === 'starting' || c.kind === 'connecting' || c.kind === 'live'
    if (!on) this.keys(false)
    show(this.node, on)
    const live = c.kind === 'live'
    say(this.status, c.kind === 'live' && c.weak ? t.weak : c.kind === 'failed' ? t.noCall : c.kind === 'idle' ? '' : t[c.kind])
    this.status.classList.toggle('onair', live && !c.weak)
    this.ticks(live ? c.since : 0)
    this.graded(live ? v.grade : undefined)
    this.muted = v.muted
    relabel(this.mute, v.muted ? 'muted' : 'mic', v.muted ? t.unmute : t.mute)
    attribute(this.mute, 'aria-pressed', String(v.muted))
    this.mute.classList.toggle('on', v.muted)
    this.padButton.disabled = !live
    this.mute.disabled = !live || v.silent
    show(this.mics, !v.silent)
    show(this.tape, live && v.can?.recording === true)
    this.taped(v.transcript.recording)
    show(this.sound, on && v.silenced)
  }

  private graded(g: Grade | undefined): void {
    show(this.grade, g !== undefined)
    if (g === undefined) return
    const words = `${this.t.widget.network}: ${this.t.widget.grades[g] ?? ''}`
    attribute(this.grade, 'aria-label', words)
    attribute(this.grade, 'title', words)
    attribute(this.grade, 'data-grade', g)
  }

  private taped(on: boolean): void {
    const { t, tape } = this
    tape.disabled = !on
    attribute(tape, 'title', on && t.stopRecording)
    attribute(tape, 'aria-label', on ? `${t.recording}. ${t.stopRecording}` : t.notRecording)
    say(tape.lastElementChild as Element, on ? t.recording : t.notRecording)
  }

  private ticks(since: number): void {
    if (since === this.since) return
    this.since = since
    clearInterval(this.clock)
    const tick = () => say(this.time, since ? clock(Date.now() - since) : '')
    tick()
    if (since) {
      this.clock = setInterval(tick, 1000)
      this.list()
    }
  }

  level(mic: number, bot: number): void {
    this.levels[0].value = this.muted ? 0 : mic
    this.levels[1].value = bot
  }

  private keys(open: boolean): void {
    if (open === !this.pad.node.hidden) return
    this.pad.toggle(open)
    attribute(this.padButton, 'aria-expanded', String(open))
  }

  // escape shuts the keypad; false: it was shut.
  escape(): boolean {
    if (this.pad.node.hidden) return false
    this.keys(false)
    this.padButton.focus()
    return true
  }

  // list offers the microphones; one that cannot be had leaves the one in use.
  private readonly list = (): void => {
    if (!this.since || !navigator.mediaDevices?.enumerateDevices) return
    void navigator.mediaDevices.enumerateDevices().then((all) => {
      const mics = all.filter((d) => d.kind === 'audioinput' && d.deviceId !== '')
      this.mics.replaceChildren(...mics.map((d) => h('option', { value: d.deviceId }, d.label || this.t.standardMicrophone)))
      this.mics.disabled = mics.length === 0
      if (mics.length === 0) this.mics.append(h('option', {}, this.t.standardMicrophone))
      this.mics.value = this.o.call()?.device() || (mics[0]?.deviceId ?? this.t.standardMicrophone)
    })
  }

  private use(): void {
    const call = this.o.call()
    void call?.use(this.mics.value).catch(() => undefined).then(() => (this.mics.value = call.device()))
  }

  close(): void {
    clearInterval(this.clock)
    navigator.mediaDevices?.removeEventListener?.('devicechange', this.list)
  }
}
