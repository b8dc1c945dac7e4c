import type { Catalog } from '../core/catalog'
import { h, say } from './dom'

const keys = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#']

// Keypad sends keys into the call, by the mouse or by the keyboard while it is open.
export class Keypad {
  readonly node: HTMLElement
  private readonly out = h('output', { class: 'typed', 'aria-live': 'polite' })
  private typed = ''

  constructor(t: Catalog, private readonly press: (key: string) => void) {
    const pad = keys.map((k) => h('button', { type: 'button', on: { click: () => this.send(k) } }, k))
    this.node = h('div', { class: 'keypad', role: 'group', 'aria-label': t.keypad, hidden: true, on: { keydown: (e: KeyboardEvent) => keys.includes(e.key) && this.send(e.key) } }, this.out, h('div', { class: 'keys' }, ...pad))
  }

  private send(key: string): void {
    this.press(key)
    this.typed = (this.typed + key).slice(-16)
    say(this.out, this.typed)
  }

  // toggle opens or shuts it; what was typed is forgotten.
  toggle(open: boolean): void {
    this.node.hidden = !open
    this.typed = ''
    say(this.out, '')
    if (open) this.node.querySelector('button')?.focus()
  }
}
