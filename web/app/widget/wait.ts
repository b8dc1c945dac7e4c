import type { Catalog } from '../core/catalog'
import type { Measured } from '../core/events'
import { h } from './dom'

const stages = ['endpoint', 'asr', 'retrieve', 'llm', 'tts', 'playout'] as const
const ns = 'http://www.w3.org/2000/svg'

// waitBar shows where the time of one wait went; pressed, it names each stage. Two seconds
// fill it.
export function waitBar(t: Catalog, wait: Measured): HTMLElement {
  const parts = stages.map((s) => ({ stage: s, ms: wait[`${s}_ms`] }))
  const seconds = `${(wait.total_ms / 1000).toFixed(2)} s`
  const rows = parts.map((p) => h('tr', {}, h('td', {}, h('span', { class: `dot ${p.stage}` }), t.stages[p.stage]), h('td', { class: 'ms' }, `${p.ms} ms`)))
  const sum = h('tr', { class: 'sum' }, h('td', {}, wait.draft && t.draft), h('td', { class: 'ms' }, `${wait.total_ms} ms`))
  return h('details', { class: 'wait' }, h('summary', { 'aria-label': `${t.wait}: ${seconds}` }, bar(parts), h('span', { class: 'dim ms' }, seconds)), h('table', {}, h('tbody', {}, ...rows, sum)))
}

// bar is drawn, for widths in a style attribute would break a strict page's rules.
function bar(parts: { stage: string; ms: number }[]): SVGSVGElement {
  const svg = document.createElementNS(ns, 'svg')
  svg.setAttribute('viewBox', '0 0 100 5')
  svg.setAttribute('preserveAspectRatio', 'none')
  svg.setAttribute('class', 'stages')
  svg.setAttribute('aria-hidden', 'true')
  let x = 0
  for (const p of parts) {
    const r = document.createElementNS(ns, 'rect')
    const width = Math.min(100 - x, p.ms / 20)
    for (const [k, v] of Object.entries({ x, y: 0, height: 5, width, class: p.stage })) r.setAttribute(k, String(v))
    x += width
    svg.append(r)
  }
  return svg
}
