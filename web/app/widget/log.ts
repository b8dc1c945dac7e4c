import type { Catalog } from '../core/catalog'
import type { Outgoing } from '../core/outbox'
import type { Line } from '../core/transcript'
import { h, Keyed, say, show } from './dom'
import { icon } from './icons'
import { LineView, type LineOptions } from './line'
import { SendingView, type Ways } from './sending'
import type { Mark } from './standing'
import type { View } from './talk'

type Item = { line: Line } | { read: true } | { mark: Mark } | { out: Outgoing; offline: boolean }

const near = 48 // px from the end that still follow it

// Log shows what was said, as it is said. It follows the newest line unless the reader has
// scrolled up. It does not speak to screen readers by itself: the announcer does.
export class Log {
  readonly node: HTMLElement
  private readonly lines = h('div', { class: 'lines' })
  private readonly partial = h('div', { class: 'bubble partial' })
  private readonly partialLine: HTMLElement
  private readonly typing: HTMLElement
  private readonly typingName = h('span', { class: 'hidden' })
  private readonly down: HTMLButtonElement
  private readonly box: HTMLElement
  private readonly views = new Map<HTMLElement, LineView | SendingView>()
  private readonly keyed: Keyed<Item>
  private readonly greeting = h('div', { class: 'bubble greeting' })
  private following = true
  private items = new Map<string, Item>()

  constructor(
    private readonly o: LineOptions & { ways: Ways },
    own: string | undefined, // the site's own greeting, which may not say that an AI speaks
    tail: HTMLElement,
  ) {
    const { t } = o
    this.partialLine = h('div', { class: 'line customer', 'aria-hidden': 'true', hidden: true }, this.partial)
    this.typing = h('div', { class: 'line bot', hidden: true }, h('div', { class: 'bubble dots' }, h('i'), h('i'), h('i'), this.typingName))
    this.box = h(
      'div', { class: 'log', role: 'log', 'aria-live': 'off', 'aria-label': t.widget.chat, tabindex: '0', on: { scroll: () => this.scrolled() } },
      h('div', { class: 'line bot' }, this.greeting, own && h('div', { class: 'dim disclosure' }, t.disclosure)),
      this.lines, this.partialLine, this.typing, tail,
    )
    this.down = h('button', { type: 'button', class: 'newest', hidden: true, on: { click: () => this.toEnd() } }, icon('down', 16), t.widget.newest)
    this.node = h('div', { class: 'logbox' }, this.box, this.down)
    this.keyed = new Keyed(this.lines, (item, old) => this.make(item, old))
  }

  private make(item: Item, old?: HTMLElement): { node: HTMLElement; end?: () => void } {
    const view = old && this.views.get(old)
    if ('read' in item) return { node: h('div', { class: 'line customer fate dim' }, icon('checks', 13), this.o.t.widget.read) }
    if ('mark' in item) return { node: markLine(this.o.t, item.mark) }
    if ('line' in item) {
      const v = view instanceof LineView ? view : new LineView(this.o, item.line)
      if (v === view) v.update(item.line)
      this.views.set(v.node, v)
      return { node: v.node, end: () => v.end() }
    }
    const v = view instanceof SendingView ? view : new SendingView(this.o.t, item.out, this.o.ways)
    v.update(item.out, item.offline)
    this.views.set(v.node, v)
    return { node: v.node, end: () => v.end() }
  }

  update(v: View): void {
    const { lines, partial } = v.transcript
    const next: { key: string; item: Item }[] = []
    const put = (key: string, item: Item, same: (old: Item) => boolean) => {
      const old = this.items.get(key)
      next.push({ key, item: old && same(old) ? old : item })
    }
    const place = (mark: Mark) => put(mark.key, { mark }, () => true)
    const known = new Set(lines.map((l) => l.key))
    const marks = (after: string) => v.marks.filter((m) => m.after === after).forEach(place)
    marks('')
    for (const line of lines) {
      put(line.key, { line }, (old) => 'line' in old && old.line === line)
      if (line.key === v.readKey) put('read', { read: true }, () => true)
      marks(line.key)
    }
    v.marks.filter((m) => m.after && !known.has(m.after)).forEach(place) // its line was never heard
    const offline = v.link === 'lost'
    for (const out of v.waiting) {
      if (lines.some((l) => l.key === out.id)) continue // its event came before the answer
      put(out.key, { out, offline }, (old) => 'out' in old && old.out === out && old.offline === offline)
    }
    this.items = new Map(next.map((n) => [n.key, n.item]))
    this.keyed.set(next)
    show(this.partialLine, partial !== '')
    if (partial) this.partial.replaceChildren(partial, ' ', h('span', { class: 'dim' }, this.o.t.listening))
    show(this.typing, v.writing)
    say(this.typingName, this.o.t.widget.typing(v.standing.agent))
    if (this.following) this.end()
  }

  greet(words: string): void {
    say(this.greeting, words)
  }

  private scrolled(): void {
    const b = this.box
    this.following = b.scrollHeight - b.scrollTop - b.clientHeight < near
    show(this.down, !this.following)
  }

  private end(): void {
    this.box.scrollTop = this.box.scrollHeight
  }

  toEnd(): void {
    this.following = true
    show(this.down, false)
    this.end()
  }

  close(): void {
    this.keyed.clear()
  }
}

function markLine(t: Catalog, m: Mark): HTMLElement {
  const w = t.widget
  const words = { joined: w.joined(m.name), returned: w.returned, nobody: w.nobody, closed: w.ended, 'call.started': w.began, 'call.ended': t.ended }
  const time = new Date(m.at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })
  return h('div', { class: 'mark dim' }, h('span', {}, words[m.kind]), ' ', h('time', { datetime: m.at }, time))
}
