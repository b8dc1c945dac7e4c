import type { Catalog } from '../core/catalog'
import { attribute, h, say, show } from './dom'
import { icon } from './icons'
import { clock, iconButton } from './parts'
import type { View } from './talk'

const longest = 140 // characters of a message in the notice

// Launcher is the button that opens the chat, and what it says while the chat is shut.
export class Launcher {
  readonly node: HTMLElement
  readonly button: HTMLButtonElement
  private readonly badge = h('span', { class: 'badge', 'aria-hidden': 'true', hidden: true })
  private readonly time = h('span', { class: 'time', hidden: true })
  private readonly notice: HTMLElement
  private readonly words: HTMLButtonElement
  private put = '' // the message whose notice was put away
  private timer?: ReturnType<typeof setInterval>

  constructor(
    private readonly t: Catalog,
    open: () => void,
  ) {
    const w = t.widget
    this.button = h('button', { type: 'button', class: 'launcher', 'aria-haspopup': 'dialog', on: { click: open } }, icon('chat', 26), this.time, this.badge)
    this.words = h('button', { type: 'button', class: 'words', on: { click: open } })
    const away = () => {
      this.put = this.words.dataset.key ?? ''
      show(this.notice, false)
      this.button.focus()
    }
    this.notice = h('div', { class: 'notice', hidden: true }, this.words, iconButton('close', w.dismiss, away, { class: 'tiny quiet' }))
    this.node = h('div', { class: 'corner' }, this.notice, this.button)
  }

  update(v: View, open: boolean): void {
    const w = this.t.widget
    show(this.node, !open)
    show(this.badge, v.unread > 0)
    say(this.badge, v.unread > 9 ? '9+' : String(v.unread))
    const live = v.call.kind === 'live'
    const label = [w.open, v.unread > 0 && w.unread(v.unread), live && this.t.live].filter(Boolean).join(', ')
    attribute(this.button, 'aria-label', label)
    attribute(this.button, 'title', label)
    this.called(live ? v.call : undefined)
    const last = v.transcript.lines.filter((l) => !l.open && l.from !== 'customer').at(-1)
    const tells = v.unread > 0 && last !== undefined && last.key !== this.put
    show(this.notice, tells)
    if (!tells) return
    this.words.dataset.key = last.key
    const text = last.text || last.shown
    say(this.words, text.length > longest ? `${text.slice(0, longest)}…` : text)
  }

  private called(call: View['call'] | undefined): void {
    const since = call?.kind === 'live' ? call.since : 0
    show(this.time, since > 0)
    if (since > 0 === (this.timer !== undefined)) return
    clearInterval(this.timer)
    this.timer = undefined
    if (!since) return
    const tick = () => say(this.time, clock(Date.now() - since))
    tick()
    this.timer = setInterval(tick, 1000)
  }

  close(): void {
    clearInterval(this.timer)
  }
}
