import type { Catalog } from '../core/catalog'
import type { Citation } from '../core/events'
import type { Line } from '../core/transcript'
import { blocks, plain, type Piece } from '../core/rich'
import { h } from './dom'
import { icon } from './icons'
import { Sent, type Load } from './pictures'
import { waitBar } from './wait'

export interface LineOptions {
  t: Catalog
  load: Load
  open: (url: string, name: string, from: HTMLElement) => void
  correct: (words: string, select: string) => void
  debug: boolean
  agent: () => string
}

// LineView is one message. It is made once: what changes in it is changed in place, so that
// neither the focus nor a picture is lost.
export class LineView {
  readonly node: HTMLElement
  private readonly bubble = h('div', { class: 'bubble' })
  private readonly below = h('div', { class: 'below' })
  private sent?: Sent
  private citations?: Citation[]
  private wait?: Line['wait']

  constructor(
    private readonly o: LineOptions,
    line: Line,
  ) {
    this.node = h('div', { class: `line ${line.from}`, 'data-key': line.key })
    this.update(line)
  }

  update(line: Line): void {
    const { t } = this.o
    if (line.images.length > 0) {
      if (this.sent) this.sent.update(line.images)
      else this.node.append((this.sent = new Sent(t, line.images, this.o.load, this.o.open, this.o.correct)).node)
    }
    if (line.text || line.images.length === 0) {
      this.bubble.replaceChildren(...this.words(line))
      this.bubble.classList.toggle('open', line.open)
      if (!this.bubble.isConnected) this.node.append(this.bubble)
    }
    if (line.citations !== this.citations || line.wait !== this.wait) {
      this.citations = line.citations
      this.wait = line.wait
      this.below.replaceChildren(...line.citations.map((c) => source(t, c)), ...(line.wait && this.o.debug ? [waitBar(t, line.wait)] : []))
      this.node.append(this.below)
    }
  }

  private words(line: Line): Node[] {
    const { t } = this.o
    const out: Node[] = []
    if (line.via === 'voice' && line.from === 'customer') {
      const spoken = h('span', { class: 'via', role: 'img', 'aria-label': t.heardYou })
      spoken.append(icon('mic', 13))
      out.push(spoken)
    }
    out.push(line.from !== 'customer' && line.via !== 'voice' ? written(line.text) : h('span', {}, line.text))
    if (line.ahead) out.push(h('span', { class: 'ahead dim' }, line.ahead))
    if (line.unheard) out.push(h('del', { class: 'unheard', title: t.notHeard }, line.unheard))
    if (line.cut) out.push(h('span', { class: 'cut dim' }, icon('stop', 11), t.interrupted))
    if (line.shown) out.push(h('div', { class: 'shown' }, written(line.shown)))
    return out
  }

  end(): void {
    this.sent?.end()
  }
}

// written is what was written for the eye.
function written(text: string): HTMLElement {
  const bs = blocks(text)
  if (plain(bs)) return h('span', {}, text)
  const inline = (ps: Piece[]) =>
    ps.map((p) => (p.href ? h('a', { href: p.href, target: '_blank', rel: 'noopener noreferrer' }, p.text) : p.bold ? h('strong', {}, p.text) : p.code ? h('code', {}, p.text) : h('span', {}, p.text)))
  return h('div', { class: 'rich' }, ...bs.map((b) => (b.kind === 'text' ? h('p', {}, ...inline(b.pieces)) : h(b.numbered ? 'ol' : 'ul', {}, ...b.items.map((i) => h('li', {}, ...inline(i)))))))
}

// source is what an answer rests on: a title, and its words with one tap.
function source(t: Catalog, c: Citation): HTMLElement {
  return h('details', { class: 'source' }, h('summary', {}, icon('source', 14), h('span', {}, `${t.source}: ${c.title}`)), h('blockquote', {}, c.quote))
}
