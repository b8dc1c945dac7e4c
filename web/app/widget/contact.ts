import type { Catalog } from '../core/catalog'
import { ApiError } from '../core/api'
import { h, say, show } from './dom'
import { button } from './parts'
import type { View } from './talk'

export interface Left {
  name: string
  email?: string
  phone?: string
  text: string
}

// Contact is the form for who wants a person while nobody is there: a question, and where the
// answer goes. Nobody must fill it in; the assistant goes on helping.
export class Contact {
  readonly node: HTMLFormElement
  private readonly lead = h('p', { class: 'dim' })
  private readonly text: HTMLTextAreaElement
  private readonly to: HTMLInputElement
  private readonly name: HTMLInputElement
  private readonly bad: Record<'text' | 'to', HTMLElement>
  private readonly failed = h('p', { class: 'not', role: 'alert', hidden: true })
  private shown = false

  constructor(
    private readonly t: Catalog,
    leave: (left: Left) => Promise<void>,
    later: () => void,
    private readonly last: () => string, // what the customer wrote last
    private readonly grown: () => void,
  ) {
    const c = t.widget.contact
    this.text = h('textarea', { rows: 3, maxlength: 4000, id: 'parley-text', required: true, 'aria-describedby': 'parley-text-bad' })
    this.to = h('input', { type: 'text', maxlength: 254, id: 'parley-to', inputmode: 'email', autocomplete: 'email', required: true, 'aria-describedby': 'parley-to-bad' })
    this.name = h('input', { type: 'text', maxlength: 100, id: 'parley-name', autocomplete: 'name' })
    this.bad = { text: h('p', { class: 'not', id: 'parley-text-bad', hidden: true }), to: h('p', { class: 'not', id: 'parley-to-bad', hidden: true }) }
    const send = button(c.send, () => undefined, 'main')
    send.type = 'submit'
    const submit = (e: Event) => {
      e.preventDefault()
      const left = leftOf(this.name.value, this.to.value, this.text.value)
      this.mark('text', left.text ? '' : c.noText)
      this.mark('to', left.email || left.phone ? '' : c.noContact)
      show(this.failed, false)
      const wrong = !left.text ? this.text : !left.email && !left.phone ? this.to : undefined
      if (wrong) {
        this.grown()
        return wrong.focus()
      }
      send.disabled = true
      void leave(left).then(
        () => this.node.reset(),
        (err: unknown) => {
          if (err instanceof ApiError && err.problem.status === 422) {
            this.mark('to', c.noContact)
            this.to.focus()
          } else {
            say(this.failed, t.widget.notAsked)
            show(this.failed, true)
          }
        },
      ).finally(() => (send.disabled = false))
    }
    const field = (label: string, input: HTMLElement, bad?: HTMLElement) => h('div', { class: 'field' }, h('label', { for: input.id }, label), input, bad)
    this.node = h(
      'form', { class: 'contact', hidden: true, novalidate: true, 'aria-label': c.title, on: { submit } },
      h('strong', {}, c.title), this.lead, field(c.text, this.text, this.bad.text), field(c.to, this.to, this.bad.to), field(c.name, this.name), this.failed, h('div', { class: 'ways' }, send, button(t.widget.rating.later, later, 'quiet')),
    )
  }

  private mark(which: 'text' | 'to', what: string): void {
    say(this.bad[which], what)
    show(this.bad[which], what !== '')
    this[which].setAttribute('aria-invalid', String(what !== ''))
  }

  update(v: View): void {
    const on = v.contact !== undefined
    show(this.node, on)
    if (on) say(this.lead, v.contact ? this.t.widget.contact.back(v.contact) : this.t.widget.contact.lead)
    if (on && !this.shown) {
      if (!this.text.value) this.text.value = this.last()
      this.grown()
      this.text.focus()
    }
    this.shown = on
  }
}

// leftOf makes out whether an address or a number was given; neither, when it is none.
export function leftOf(name: string, to: string, text: string): Left {
  const at = to.trim()
  const left: Left = { name: name.trim(), text: text.trim() }
  if (/^[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+$/.test(at)) left.email = at
  else if (/^\+?[\d\s().\-/]+$/.test(at) && /^\d{6,15}$/.test(at.replace(/\D/g, ''))) left.phone = at
  return left
}
