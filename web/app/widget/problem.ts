import type { Catalog } from '../core/catalog'
import type { Failure } from '../core/failure'
import { h } from './dom'
import { icon } from './icons'
import { button } from './parts'

// problem says why there is no call, and what to do. An operator who tries the server out
// (debug) is told how to reach it from another machine. Where only the microphone is missing, a call
// without one is offered.
export function problem(t: Catalog, failure: Failure, detail: string, debug: boolean, silently?: () => void): HTMLElement {
  const f = t.failures[failure]
  return h('div', { class: 'note bad', role: 'alert' }, icon('warning', 18), h('div', {}, h('strong', {}, f.title), h('p', {}, f.text + (failure === 'server' ? detail : '')), failure === 'insecure' && debug && command(t), silently && h('p', { class: 'silently' }, button(t.widget.silent, silently), ' ', h('span', {}, t.widget.silentMore))))
}

// command is how a page on another machine is opened as a local one.
function command(t: Catalog): HTMLElement {
  const port = location.port || (location.protocol === 'https:' ? '443' : '80')
  const words = `ssh -N -L 8080:localhost:${port} ${location.hostname}`
  const copy = button(t.copy, () => void navigator.clipboard?.writeText(words).then(() => (copy.textContent = t.copied)))
  return h('div', { class: 'command' }, h('p', {}, t.widget.insecureHere), h('code', { tabindex: '0' }, words), navigator.clipboard ? copy : undefined)
}
