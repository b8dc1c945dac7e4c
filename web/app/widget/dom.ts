// The few things that a page without a framework needs.

export type Child = Node | string | false | null | undefined
type Attribute = string | number | boolean | undefined
interface Props {
  class?: string
  on?: Record<string, (e: never) => void>
  [attribute: string]: Attribute | Record<string, (e: never) => void>
}

// h makes an element. Attributes of undefined or false are left out, of true are bare.
export function h<K extends keyof HTMLElementTagNameMap>(tag: K, props: Props = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const e = document.createElement(tag)
  for (const [name, value] of Object.entries(props)) {
    if (name === 'on') for (const [type, f] of Object.entries(value as Record<string, EventListener>)) e.addEventListener(type, f)
    else attribute(e, name, value as Attribute)
  }
  e.append(...(children.filter((c) => c || c === '') as (Node | string)[]))
  return e
}

// attribute sets one, or takes it away, when it is not so already.
export function attribute(e: Element, name: string, value: Attribute): void {
  if (value === undefined || value === false) {
    if (e.hasAttribute(name)) e.removeAttribute(name)
    return
  }
  const text = value === true ? '' : String(value)
  if (e.getAttribute(name) !== text) e.setAttribute(name, text)
}

// say sets an element's text when it is another.
export function say(e: Element, text: string): void {
  if (e.textContent !== text) e.textContent = text
}

export function show(e: HTMLElement, on: boolean): void {
  if (e.hidden === on) e.hidden = !on
}

// Keyed keeps a parent's children for items with keys: those that did not change are left as
// they are, so that focus, selection and loaded pictures stay.
export class Keyed<T> {
  private readonly have = new Map<string, { item: T; node: HTMLElement; end?: () => void }>()

  constructor(
    private readonly parent: HTMLElement,
    private readonly make: (item: T, old?: HTMLElement) => { node: HTMLElement; end?: () => void },
  ) {}

  set(items: { key: string; item: T }[]): void {
    const keep = new Set(items.map((i) => i.key))
    for (const [key, h] of this.have) {
      if (keep.has(key)) continue
      h.end?.()
      h.node.remove()
      this.have.delete(key)
    }
    let at: Element | null = this.parent.firstElementChild
    for (const { key, item } of items) {
      let h = this.have.get(key)
      if (h?.item !== item) {
        const old = h
        h = { item, ...this.make(item, old?.node) }
        if (old && old.node !== h.node) {
          if (old.node === at) at = h.node
          old.node.replaceWith(h.node)
          old.end?.()
        }
        this.have.set(key, h)
      }
      if (h.node === at) at = at.nextElementSibling
      else this.parent.insertBefore(h.node, at)
    }
  }

  // clear lets go of all.
  clear(): void {
    this.set([])
  }
}
