import type { Catalog } from '../core/catalog'
import type { Requested } from '../core/events'
import { wanted } from '../core/transcript'
import { h, say, show } from './dom'
import { icon } from './icons'
import { iconButton } from './parts'
import type { View } from './talk'

// Asked is the picture that the bot asks for: one tap opens the camera, or the files, and
// what is chosen goes out at once.
export class Asked {
  readonly node: HTMLElement
  private readonly reason = h('p', { class: 'reason' })
  private put?: Requested // away
  private timer?: ReturnType<typeof setTimeout>
  private view?: View

  constructor(t: Catalog, send: (files: File[]) => void) {
    const coarse = matchMedia('(pointer: coarse)').matches
    const input = h('input', {
      type: 'file', accept: 'image/*', hidden: true, tabindex: '-1', multiple: !coarse, capture: coarse ? 'environment' : undefined,
      on: {
        change: () => {
          const files = [...(input.files ?? [])]
          input.value = ''
          if (files.length > 0) send(files)
        },
      },
    })
    const open = h('button', { type: 'button', class: 'button main show', on: { click: () => input.click() } }, icon('camera', 22), coarse ? t.widget.photo : t.widget.choose)
    this.node = h(
      'section', { class: 'asked', 'aria-label': t.widget.asked, hidden: true },
      h('div', { class: 'row' }, h('div', { class: 'grow', role: 'status' }, this.reason), iconButton('close', t.widget.dismiss, () => this.dismiss(), { class: 'tiny quiet' })),
      open, input,
    )
  }

  private dismiss(): void {
    this.put = this.view?.transcript.asked
    if (this.view) this.update(this.view)
  }

  update(v: View): void {
    this.view = v
    const now = Date.now()
    const r = wanted(v.transcript, now)
    const on = r !== undefined && r !== this.put
    show(this.node, on)
    if (on) say(this.reason, r.reason)
    clearTimeout(this.timer)
    if (on && r.until) this.timer = setTimeout(() => this.update(v), Math.max(0, Math.min(Date.parse(r.until) - now + 50, 2 ** 31 - 1)))
  }

  close(): void {
    clearTimeout(this.timer)
  }
}
