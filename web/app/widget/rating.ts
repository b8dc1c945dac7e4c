import type { Catalog } from '../core/catalog'
import { h, say, show } from './dom'
import { icon } from './icons'
import { button } from './parts'
import type { View } from './talk'

// Rating asks how it was, 1 to 5 and in words; nobody must answer.
export class Rating {
  readonly node: HTMLElement
  private readonly form: HTMLFormElement
  private readonly thanks: HTMLElement
  private readonly comment: HTMLTextAreaElement
  private readonly rest: HTMLElement
  private readonly mark = h('span', { class: 'dim markname' })
  private readonly failed = h('p', { class: 'not', role: 'alert', hidden: true })
  private readonly stars: HTMLInputElement[]
  private score = 0

  constructor(
    t: Catalog,
    rate: (score: number, comment: string) => Promise<void>,
    later: () => void,
    private readonly grown: () => void,
  ) {
    const r = t.widget.rating
    this.thanks = h('p', { class: 'thanks', role: 'status', hidden: true }, icon('check', 16), r.thanks)
    this.stars = r.marks.map((m, i) => h('input', { type: 'radio', name: 'score', value: i + 1, class: 'hidden', 'aria-label': `${r.of(i + 1)}: ${m}`, on: { change: () => this.choose(i + 1, m) } }))
    const labels = this.stars.map((s) => h('label', { class: 'star' }, s, icon('star', 28)))
    this.comment = h('textarea', { rows: 2, maxlength: 2000, placeholder: r.comment, 'aria-label': r.comment })
    const send = button(r.send, () => undefined, 'main')
    send.type = 'submit'
    this.rest = h('div', { class: 'rest', hidden: true }, this.comment)
    const submit = (e: Event) => {
      e.preventDefault()
      if (this.score === 0) return
      send.disabled = true
      show(this.failed, false)
      void rate(this.score, this.comment.value.trim()).then(
        () => this.form.reset(),
        () => {
          say(this.failed, t.widget.notAsked)
          show(this.failed, true)
        },
      ).finally(() => (send.disabled = false))
    }
    this.form = h('form', { class: 'rating', hidden: true, on: { submit } }, h('fieldset', {}, h('legend', {}, r.ask), h('div', { class: 'stars' }, ...labels, this.mark)), this.rest, this.failed, h('div', { class: 'ways' }, send, button(r.later, later, 'quiet')))
    this.node = h('div', {}, this.form, this.thanks)
  }

  private choose(score: number, name: string): void {
    this.score = score
    say(this.mark, name)
    this.stars.forEach((s, i) => s.parentElement?.classList.toggle('on', i < score))
    show(this.rest, true)
    this.grown()
  }

  update(v: View): void {
    show(this.form, v.rating === 'asked' && (v.call.kind === 'idle' || v.call.kind === 'ended' || v.call.kind === 'failed'))
    show(this.thanks, v.rating === 'thanks')
  }
}
