import { attribute, h } from './dom'
import { icon, type Icon } from './icons'
import { iconButton } from './parts'

export interface Entry {
  icon: Icon
  label: string
  run: () => void
  off?: () => boolean // nothing to do now
}

// Menu is what is not needed every minute (ARIA's menu button pattern).
export class Menu {
  readonly node: HTMLElement
  private readonly list: HTMLElement
  private readonly button: HTMLButtonElement

  constructor(label: string, private readonly entries: Entry[]) {
    this.button = iconButton('more', label, () => this.toggle(this.list.hidden), { class: 'quiet', 'aria-haspopup': 'menu', 'aria-expanded': 'false' })
    const items = entries.map((e) => h('button', { type: 'button', role: 'menuitem', tabindex: '-1', on: { click: () => this.run(e) } }, icon(e.icon, 18), e.label))
    this.list = h('div', { role: 'menu', class: 'menu', 'aria-label': label, hidden: true, on: { keydown: (e: KeyboardEvent) => this.key(e), focusout: (e: FocusEvent) => this.left(e) } }, ...items)
    this.node = h('div', { class: 'menubox' }, this.button, this.list)
  }

  private run(e: Entry): void {
    this.toggle(false)
    this.button.focus()
    e.run()
  }

  private toggle(open: boolean): void {
    this.list.hidden = !open
    attribute(this.button, 'aria-expanded', String(open))
    if (!open) return
    this.items().forEach((b, i) => (b.disabled = this.entries[i]?.off?.() ?? false))
    this.able()[0]?.focus()
  }

  private items(): HTMLButtonElement[] {
    return [...this.list.querySelectorAll('button')]
  }

  private able(): HTMLButtonElement[] {
    return this.items().filter((b) => !b.disabled)
  }

  private key(e: KeyboardEvent): void {
    const all = this.able()
    const at = all.indexOf((this.list.getRootNode() as ShadowRoot).activeElement as HTMLButtonElement)
    const to = { ArrowDown: at + 1, ArrowUp: at - 1 + all.length, Home: 0, End: all.length - 1 }[e.key]
    if (to !== undefined) {
      e.preventDefault()
      all[to % all.length]?.focus()
    }
    if (e.key === 'Tab') this.toggle(false)
  }

  private left(e: FocusEvent): void {
    const to = e.relatedTarget as Node | null
    if (!to || !this.node.contains(to)) this.toggle(false)
  }

  // escape shuts it; false: it was shut.
  escape(): boolean {
    if (this.list.hidden) return false
    this.toggle(false)
    this.button.focus()
    return true
  }
}
