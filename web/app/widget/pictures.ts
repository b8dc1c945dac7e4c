import type { Catalog } from '../core/catalog'
import { chips } from '../core/pictures'
import type { Picture } from '../core/transcript'
import { attribute, h } from './dom'
import { icon } from './icons'
import { iconButton } from './parts'

export type Load = (url: string, small: boolean) => Promise<Blob>

// show puts what load gives into an element, until the end that it returns is called.
function shown(into: HTMLElement, blob: Promise<Blob>, alt: string, lost: () => void): () => void {
  let src = ''
  let gone = false
  const free = () => src && URL.revokeObjectURL(src)
  blob.then(
    (b) => {
      if (gone) return
      src = URL.createObjectURL(b)
      const img = h('img', { alt, draggable: 'false', on: { error: () => img.replaceWith(icon('nopicture')) } })
      img.src = src
      into.replaceChildren(img)
    },
    () => gone || lost(),
  )
  return () => {
    gone = true
    free()
  }
}

// preview shows a file that is not sent yet; one that the browser cannot show keeps its place.
export function preview(file: File, alt: string): { node: HTMLElement; end: () => void } {
  const node = h('span', { class: 'thumb', role: 'img', 'aria-label': alt })
  return { node, end: shown(node, Promise.resolve(file), '', () => undefined) }
}

const nameOf = (t: Catalog, p: Picture, i: number, all: number) => p.seen?.shows || (all > 1 ? `${t.pictures.one} ${i + 1}` : t.pictures.one)

// Sent is the pictures of a message: small, each opens large; and what was understood of them.
// Their places are kept while they load.
export class Sent {
  readonly node = h('div', { class: 'sent' })
  private readonly thumbs: { url: string; button: HTMLButtonElement; end: () => void }[]
  private readonly understood = h('div', { class: 'understood' })

  constructor(
    private readonly t: Catalog,
    images: Picture[],
    load: Load,
    open: (url: string, name: string, from: HTMLElement) => void,
    private readonly correct: (words: string, select: string) => void,
  ) {
    this.thumbs = images.map((p) => {
      const button = h('button', { type: 'button', class: 'thumb', on: { click: () => open(p.url, button.dataset.name ?? '', button) } })
      const end = shown(button, load(p.url, true), '', () => button.replaceChildren(icon('nopicture')))
      return { url: p.url, button, end }
    })
    this.node.append(h('div', { class: images.length === 1 ? 'thumbs single' : 'thumbs' }, ...this.thumbs.map((x) => x.button)), this.understood)
    this.update(images)
  }

  update(images: Picture[]): void {
    const { t } = this
    images.forEach((p, i) => {
      const b = this.thumbs[i]?.button
      if (!b) return
      b.dataset.name = nameOf(t, p, i, images.length)
      attribute(b, 'aria-label', `${t.pictures.open}: ${b.dataset.name}`)
    })
    const out: Node[] = images.some((p) => !p.seen) ? [h('span', { class: 'dim reading' }, t.pictures.reading)] : []
    images.forEach((p, i) => out.push(...this.finding(p, images.length > 1 ? `${t.pictures.one} ${i + 1}: ` : '')))
    this.understood.replaceChildren(...out)
  }

  // finding is what was read in one picture, each with its correction, or why nothing was.
  private finding({ seen }: Picture, which: string): Node[] {
    if (!seen) return []
    const { pictures: p, widget: w } = this.t
    const found = chips(seen)
    const out: Node[] = []
    if (found.length > 0) {
      const items = found.map((c) => {
        const kind = p.kinds[c.kind] ?? p.kinds.reference
        return h(
          'li', { class: 'chip' },
          h('span', {}, h('span', { class: 'dim' }, kind), ` ${c.value}`, !c.sure && h('span', { class: 'dim' }, ` (${p.unsure})`)),
          iconButton('pencil', `${w.correct}: ${kind} ${c.value}`, () => this.correct(w.correction(kind) + c.value, c.value), { class: 'tiny' }),
        )
      })
      out.push(h('ul', { class: 'chips', 'aria-label': which + p.understood }, ...items))
    }
    if (seen.kind === 'sticker' && seen.mood) out.push(h('span', { class: 'chip' }, p.moods[seen.mood]))
    if (seen.trouble && seen.kind !== 'sticker' && !(seen.trouble === 'notext' && seen.shows) && found.length === 0) {
      out.push(h('span', { class: 'trouble' }, icon('warning', 14), which + p.trouble[seen.trouble]))
    }
    return out
  }

  end(): void {
    this.thumbs.forEach((x) => x.end())
  }
}

// Large is one picture over the whole panel.
export class Large {
  readonly node: HTMLElement
  private end: () => void = () => undefined
  private from?: HTMLElement
  private readonly place = h('div', { class: 'large' })
  private readonly title = h('span', { class: 'largename' })
  private readonly shut: HTMLButtonElement

  constructor(
    private readonly t: Catalog,
    private readonly load: Load,
    private readonly changed: (open: boolean) => void,
  ) {
    this.shut = iconButton('close', t.pictures.close, () => this.close())
    this.node = h('div', { class: 'lightbox', role: 'dialog', 'aria-modal': 'true', hidden: true }, h('div', { class: 'lighthead' }, this.title, this.shut), this.place)
  }

  open(url: string, name: string, from: HTMLElement): void {
    this.from = from
    this.title.textContent = name
    this.node.setAttribute('aria-label', name)
    this.node.hidden = false
    this.get(url, name)
    this.changed(true)
    this.shut.focus()
  }

  private get(url: string, name: string): void {
    this.end()
    this.place.replaceChildren()
    this.end = shown(this.place, this.load(url, false), name, () => {
      const again = h('button', { type: 'button', class: 'button plain', on: { click: () => this.get(url, name) } }, this.t.pictures.again)
      this.place.replaceChildren(h('p', { role: 'alert' }, this.t.pictures.lost), again)
    })
  }

  get showing(): boolean {
    return !this.node.hidden
  }

  close(): void {
    if (!this.showing) return
    this.node.hidden = true
    this.end()
    this.changed(false)
    this.from?.focus()
  }
}
