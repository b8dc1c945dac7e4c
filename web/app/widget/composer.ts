import type { Catalog } from '../core/catalog'
import { pick, type NotTaken } from '../core/pictures'
import { h, say, show } from './dom'
import { icon } from './icons'
import { iconButton } from './parts'
import { preview } from './pictures'

const lines = 5 // that the line to write grows to

export interface ComposerOptions {
  t: Catalog
  send: (text: string, files: File[]) => boolean
  types: () => void
  draft: { get: () => string; set: (text: string) => void }
}

// Composer is the line to write, with pictures: attached, photographed, pasted or dropped.
export class Composer {
  readonly node: HTMLFormElement
  readonly line: HTMLTextAreaElement
  private readonly previews: HTMLUListElement
  private readonly not = h('p', { class: 'not', role: 'alert', hidden: true })
  private readonly count = h('span', { class: 'hidden', role: 'status' })
  private readonly submit: HTMLButtonElement
  private files: File[] = []
  private ends: (() => void)[] = []

  constructor(private readonly o: ComposerOptions) {
    const { t } = o
    this.previews = h('ul', { class: 'previews', 'aria-label': t.pictures.chosen, hidden: true })
    const choose = this.chooser({ multiple: true })
    const shoot = this.chooser({ capture: 'environment' })
    this.line = h('textarea', { rows: 1, placeholder: t.write, 'aria-label': t.write, maxlength: 8000, on: { input: () => this.typed(), keydown: (e: KeyboardEvent) => this.key(e) } })
    this.submit = iconButton('send', t.send, () => undefined, { class: 'send' })
    this.submit.type = 'submit'
    this.node = h(
      'form', { class: 'composer', on: { submit: (e: Event) => this.go(e), paste: (e: ClipboardEvent) => this.pasted(e) } },
      this.count, this.previews, this.not,
      h('div', { class: 'row' }, iconButton('camera', t.widget.photo, () => shoot.click(), { class: 'quiet photo' }), iconButton('picture', t.pictures.add, () => choose.click(), { class: 'quiet' }), choose, shoot, this.line, this.submit),
    )
    this.line.value = o.draft.get()
    this.changed()
  }

  private chooser(more: Record<string, string | boolean>): HTMLInputElement {
    const input = h('input', {
      type: 'file', accept: 'image/*', hidden: true, tabindex: '-1', ...more,
      on: {
        change: () => {
          const files = [...(input.files ?? [])]
          input.value = ''
          this.take(files)
        },
      },
    })
    return input
  }

  // take adds pictures to the message, as far as it takes them.
  take(more: File[]): void {
    const { files, not } = pick(this.files, more)
    this.set(files, not)
    // Where a finger points, the keyboard would cover the picture.
    if (!matchMedia('(pointer: coarse)').matches) this.line.focus()
  }

  private set(files: File[], not?: NotTaken): void {
    const { t } = this.o
    this.files = files
    this.ends.forEach((e) => e())
    const shown = files.map((f, i) => preview(f, `${t.pictures.one} ${i + 1}: ${f.name}`))
    this.ends = shown.map((s) => s.end)
    this.previews.replaceChildren(...shown.map((s, i) => h('li', {}, s.node, iconButton('close', `${t.pictures.remove} ${i + 1}`, () => this.remove(i), { class: 'takeout' }))))
    show(this.previews, files.length > 0)
    say(this.count, files.length > 0 ? `${t.pictures.chosen}: ${files.length}` : '')
    show(this.not, not !== undefined)
    say(this.not, not ? t.pictures.not[not] : '')
    this.changed()
  }

  private remove(i: number): void {
    this.set(this.files.filter((_, j) => j !== i))
    this.line.focus() // its button is gone
  }

  // put gives the customer words to go on with, a part of them selected.
  put(text: string, files: File[] = [], select = ''): void {
    if (files.length > 0) this.take(files)
    if (text && !this.line.value.includes(text)) this.line.value = this.line.value ? `${this.line.value} ${text}` : text
    this.typed(false)
    this.line.focus()
    const at = select ? this.line.value.lastIndexOf(select) : -1
    if (at >= 0) this.line.setSelectionRange(at, at + select.length)
  }

  private pasted(e: ClipboardEvent): void {
    const d = e.clipboardData
    // A copied table is text, and a picture besides.
    if (!d || d.files.length === 0 || d.types.includes('text/plain')) return
    e.preventDefault()
    this.take([...d.files])
  }

  private typed(tell = true): void {
    this.o.draft.set(this.line.value)
    this.changed()
    if (tell && this.line.value) this.o.types()
  }

  private changed(): void {
    this.submit.disabled = !this.line.value.trim() && this.files.length === 0
    this.grow()
  }

  // grow fits the line to its words; rows, for heights in a style attribute are not the page's.
  grow(): void {
    const l = this.line
    l.rows = 1
    while (l.rows < lines && l.scrollHeight > l.clientHeight + 2) l.rows++
  }

  private key(e: KeyboardEvent): void {
    if (e.key !== 'Enter' || e.shiftKey || e.isComposing) return
    this.go(e)
  }

  private go(e: Event): void {
    e.preventDefault()
    const text = this.line.value.trim()
    if ((!text && this.files.length === 0) || !this.o.send(text, this.files)) return
    this.line.value = ''
    this.o.draft.set('')
    this.set([])
    this.line.focus()
  }

  close(): void {
    this.ends.forEach((e) => e())
  }
}

// dropzone lets pictures be dropped on a box.
export function dropzone(box: HTMLElement, words: string, take: (files: File[]) => void): HTMLElement {
  const zone = h('div', { class: 'dropzone', 'aria-hidden': 'true', hidden: true }, icon('picture', 28), words)
  let depth = 0 // entering a child comes before leaving its parent
  const carries = (e: DragEvent) => e.dataTransfer?.types.includes('Files')
  const drag = (by: number) => (e: DragEvent) => {
    if (!carries(e)) return
    e.preventDefault()
    depth = Math.max(0, depth + by)
    show(zone, depth > 0)
  }
  box.addEventListener('dragenter', drag(1))
  box.addEventListener('dragover', drag(0))
  box.addEventListener('dragleave', drag(-1))
  box.addEventListener('drop', (e) => {
    if (!carries(e)) return
    e.preventDefault()
    depth = 0
    show(zone, false)
    take([...(e.dataTransfer?.files ?? [])])
  })
  return zone
}
