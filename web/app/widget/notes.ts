import type { Catalog } from '../core/catalog'
import type { Locale } from '../core/locale'
import { obstacle, type Failure } from '../core/failure'
import { h, show } from './dom'
import { icon } from './icons'
import { iconButton } from './parts'
import { problem } from './problem'
import type { View } from './talk'

// silenceable are the failures that leave a call without a microphone.
const silenceable: Partial<Record<Failure, true>> = { insecure: true, 'no-microphone': true, taken: true, refused: true }

// Notes are what the customer should know now, above the log.
export class Notes {
  readonly node = h('div', { class: 'notes' })
  private readonly offline: HTMLElement
  private readonly deaf: HTMLElement
  private readonly guest: HTMLElement
  private readonly hint: HTMLElement
  private failure?: HTMLElement
  private failed = ''
  private heard = false // the deaf note was put away
  private tried = false // a call was, from a page that cannot

  constructor(
    private readonly t: Catalog,
    private readonly locale: Locale,
    private readonly debug: boolean,
    private readonly silently: () => void,
  ) {
    const w = t.widget
    this.offline = h('div', { class: 'note', role: 'status' }, icon('offline', 18), h('span', {}, t.offline))
    this.deaf = h('div', { class: 'note' }, h('span', { class: 'grow' }, t.noEngine), iconButton('close', w.dismiss, () => {
      this.heard = true
      show(this.deaf, false)
    }, { class: 'tiny quiet' }))
    this.guest = h('div', { class: 'note', role: 'status' }, icon('warning', 18), h('span', {}, w.refusedIdentity))
    this.hint = h('div', { class: 'note', role: 'alert' })
    this.node.append(this.offline, this.guest, this.deaf, this.hint)
  }

  // away takes the failure off: a call is tried in another way.
  away(): void {
    this.tried = false
  }

  // bars says whether calls are impossible here; then it shows why.
  bars(): boolean {
    this.tried = obstacle(window) !== undefined
    return this.tried
  }

  update(v: View): void {
    const { t } = this
    show(this.offline, v.link === 'lost')
    show(this.guest, v.guest)
    const deaf = v.can?.languages.some((l) => l.tag === this.locale && !l.hears) === true
    show(this.deaf, deaf && !this.heard && obstacle(window) === undefined)
    show(this.hint, v.problem !== undefined)
    if (v.problem) this.hint.textContent = t.widget[v.problem]
    const barred = this.tried ? obstacle(window) : undefined
    const failure = barred ?? (v.call.kind === 'failed' ? v.call.failure : undefined)
    const detail = v.call.kind === 'failed' ? v.call.detail : ''
    const failed = failure ? `${failure} ${detail}` : ''
    if (failed === this.failed) return
    this.failed = failed
    this.failure?.remove()
    this.failure = failure && problem(t, failure, detail, this.debug, silenceable[failure] && window.RTCPeerConnection ? this.silently : undefined)
    if (this.failure) this.node.append(this.failure)
  }
}
