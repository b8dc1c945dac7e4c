import type { Catalog } from '../core/catalog'
import { isRefused } from '../core/failure'
import type { Outgoing } from '../core/outbox'
import { attribute, h, say } from './dom'
import { icon } from './icons'
import { button } from './parts'
import { preview } from './pictures'
import { why } from './why'

export interface Ways {
  again: (key: string) => void
  change: (o: Outgoing) => void // back into the composer
  drop: (key: string) => void
}

// SendingView is a message on its way, or one that did not get through.
export class SendingView {
  readonly node: HTMLElement
  private readonly ends: (() => void)[] = []
  private readonly foot = h('div', { class: 'fate' })
  private readonly bar = h('progress', { max: '1', class: 'share' })
  private state = ''

  constructor(
    private readonly t: Catalog,
    o: Outgoing,
    private readonly ways: Ways,
  ) {
    this.node = h('div', { class: 'line customer', 'data-key': o.key })
    if (o.files.length > 0) {
      const thumbs = o.files.map((f, i) => preview(f, `${t.pictures.one} ${i + 1}: ${f.name}`))
      this.ends.push(...thumbs.map((x) => x.end))
      this.node.append(h('div', { class: o.files.length === 1 ? 'thumbs single' : 'thumbs' }, ...thumbs.map((x) => x.node)))
    }
    if (o.text) this.node.append(h('div', { class: 'bubble' }, o.text))
    this.node.append(this.foot)
    this.update(o, false)
  }

  update(o: Outgoing, offline: boolean): void {
    const { t } = this
    this.node.classList.toggle('pending', o.state !== 'failed')
    if (o.state === 'failed') return this.failed(o)
    const word = o.state === 'sent' ? t.widget.sent : offline || o.tries > 0 ? t.widget.waits : t.widget.sending
    const share = o.files.length > 0 && o.state === 'sending'
    const state = `${word} ${share}`
    if (state !== this.state) {
      this.state = state
      this.foot.className = 'fate dim'
      this.foot.replaceChildren(icon(o.state === 'sent' ? 'check' : 'clock', 13), h('span', {}, word), ...(share ? [this.bar] : []))
      this.bar.setAttribute('aria-label', word)
    }
    attribute(this.bar, 'value', o.share.toFixed(2))
  }

  private failed(o: Outgoing): void {
    const { t, ways } = this
    const words = why(t, o)
    if (this.state === words) return
    this.state = words
    this.foot.className = 'fate unsent'
    const again = !isRefused(o.err) && o.reason !== 'files'
    const reason = h('span', {}, icon('warning', 14))
    const text = h('span')
    say(text, words)
    reason.append(text)
    this.foot.replaceChildren(
      reason,
      h('span', { class: 'ways' }, again && button(t.pictures.again, () => ways.again(o.key)), button(t.pictures.change, () => ways.change(o), 'quiet'), button(t.widget.drop, () => ways.drop(o.key), 'quiet')),
    )
  }

  end(): void {
    this.ends.forEach((e) => e())
  }
}
