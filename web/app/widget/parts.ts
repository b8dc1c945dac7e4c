import { h, type Child } from './dom'
import { icon, type Icon } from './icons'

// The small parts that screens are made of.

// iconButton is a button of one symbol, named for those who do not see it.
export function iconButton(name: Icon, label: string, click: () => void, more: Record<string, string | boolean> = {}): HTMLButtonElement {
  return h('button', { type: 'button', 'aria-label': label, title: label, on: { click }, ...more, class: `round ${typeof more.class === 'string' ? more.class : ''}` }, icon(name))
}

export function button(label: string, click: () => void, kind: 'plain' | 'main' | 'quiet' | 'danger' = 'plain', ...before: Child[]): HTMLButtonElement {
  return h('button', { type: 'button', class: `button ${kind}`, on: { click } }, ...before, label)
}

// relabel gives a button of one symbol another one and name.
export function relabel(b: HTMLButtonElement, name: Icon, label: string): void {
  if (b.getAttribute('aria-label') === label) return
  b.setAttribute('aria-label', label)
  b.title = label
  b.replaceChildren(icon(name))
}

// clock is a span of time as m:ss.
export function clock(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000))
  return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, '0')}`
}
