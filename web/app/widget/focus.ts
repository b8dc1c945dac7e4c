const focusable = 'button:not([disabled]),textarea:not([disabled]),select:not([disabled]),input:not([disabled]):not([type=file]),a[href],[tabindex="0"]'

const visible = (e: HTMLElement) => e.getClientRects().length > 0

// keepInside lets Tab go round inside a box.
export function keepInside(box: HTMLElement, e: KeyboardEvent): void {
  if (e.key !== 'Tab') return
  const all = [...box.querySelectorAll<HTMLElement>(focusable)].filter(visible)
  const [first, last] = [all[0], all[all.length - 1]]
  const now = (box.getRootNode() as ShadowRoot | Document).activeElement
  if (e.shiftKey ? now === first || now === box : now === last) {
    e.preventDefault()
    ;(e.shiftKey ? last : first)?.focus()
  }
}
