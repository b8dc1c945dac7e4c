import type { Catalog } from '../core/catalog'
import { obstacle } from '../core/failure'
import { h, say, show } from './dom'
import { icon } from './icons'
import { Menu, type Entry } from './menu'
import { iconButton } from './parts'
import type { View } from './talk'

export interface HeaderOptions {
  t: Catalog
  title?: string
  call: () => void
  close: () => void
  entries: Entry[]
}

// Header says with whom the customer talks, always, and holds what can be begun.
export class Header {
  readonly node: HTMLElement
  readonly menu: Menu
  private readonly avatar = h('span', { class: 'avatar', 'aria-hidden': 'true' })
  private readonly name = h('strong', { class: 'name' })
  private readonly line = h('div', { class: 'standing', role: 'status' })
  private readonly call: HTMLButtonElement
  private readonly callWord = h('span')
  private face = ''

  constructor(private readonly o: HeaderOptions) {
    const { t } = o
    this.menu = new Menu(t.widget.more, o.entries)
    this.call = h('button', { type: 'button', class: 'call', on: { click: o.call } }, icon('phone', 18), this.callWord)
    this.node = h('header', { class: 'head' }, this.avatar, h('div', { class: 'who' }, this.name, this.line), this.call, this.menu.node, iconButton('close', t.widget.close, o.close, { class: 'quiet' }))
  }

  update(v: View): void {
    const { t, title } = this.o
    const w = t.widget
    const s = v.standing
    const person = s.holder === 'agent'
    const face = person ? 'headset' : 'sparkles'
    if (face !== this.face) this.avatar.replaceChildren(icon((this.face = face) as 'headset', 20))
    say(this.name, title || v.can?.company || w.chat)
    say(this.line, person ? w.talkingWith(s.agent) : s.holder === 'queue' ? waitingFor(t, v) : w.ai)
    const calling = ['starting', 'connecting', 'live'].includes(v.call.kind)
    show(this.call, !calling)
    const word = v.call.kind === 'ended' ? t.callAgain : t.call
    say(this.callWord, word)
    this.call.setAttribute('aria-label', word)
    this.call.disabled = obstacle(window) === 'unsupported'
  }
}

function waitingFor(t: Catalog, v: View): string {
  const w = t.widget
  const { transfer, agent, position } = v.standing
  if (transfer === 'consulting') return w.briefed(agent)
  if (transfer === 'offering') return w.ringing
  return position > 0 ? `${w.queued} · ${w.place(position)}` : w.queued
}
