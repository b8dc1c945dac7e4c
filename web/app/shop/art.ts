// The goods, drawn: each a calm object on a tinted ground.

type Shape = [name: 'path' | 'rect' | 'circle' | 'ellipse', attributes: Record<string, string | number>]

const rect = (x: number, y: number, width: number, height: number, rx: number, c: string): Shape => ['rect', { x, y, width, height, rx, class: c }]
const circle = (cx: number, cy: number, r: number, c: string): Shape => ['circle', { cx, cy, r, class: c }]
const path = (d: string, c: string): Shape => ['path', { d, class: c }]

const ground: Shape = ['ellipse', { cx: 120, cy: 130, rx: 66, ry: 6, class: 'shade' }]

const headphones: Shape[] = [
  ground, path('M70 92V80a50 50 0 0 1 100 0v12', 'stroke thick'), path('M78 84V80a42 42 0 0 1 84 0v4', 'stroke thin'),
  rect(58, 80, 28, 42, 13, 'body'), rect(154, 80, 28, 42, 13, 'body'), rect(80, 84, 12, 34, 6, 'soft'), rect(148, 84, 12, 34, 6, 'soft'), circle(67, 101, 3, 'glow'),
]
const earbuds: Shape[] = [
  ground, rect(82, 72, 76, 54, 20, 'body'), path('M82 92h76', 'stroke thin'), circle(120, 108, 3, 'glow'),
  path('M92 62c-9-4-14-13-11-22 3-8 13-12 20-7 6 4 7 11 3 17l-3 22c-1 6-9 5-9-1z', 'soft'), path('M148 62c9-4 14-13 11-22-3-8-13-12-20-7-6 4-7 11-3 17l3 22c1 6 9 5 9-1z', 'soft'),
  circle(92, 43, 5, 'body'), circle(148, 43, 5, 'body'),
]
const speaker: Shape[] = [
  ground, rect(76, 24, 88, 102, 16, 'body'), rect(84, 32, 72, 86, 10, 'soft'), circle(120, 86, 24, 'body'), circle(120, 86, 9, 'soft'), circle(120, 48, 8, 'body'), circle(146, 112, 2.5, 'glow'),
]

// goods are the drawings, in the order of the catalogue.
export const goods = [headphones, earbuds, speaker]

export function draw(shapes: Shape[], view = '0 0 240 150'): SVGSVGElement {
  const make = <K extends keyof SVGElementTagNameMap>(name: K, attributes: Record<string, string | number>) => {
    const e = document.createElementNS('http://www.w3.org/2000/svg', name)
    for (const [k, v] of Object.entries(attributes)) e.setAttribute(k, String(v))
    return e
  }
  const svg = make('svg', { viewBox: view, 'aria-hidden': 'true', class: 'drawing' })
  svg.append(...shapes.map(([name, attributes]) => make(name, attributes)))
  return svg
}
