// The site's colour, made readable: text on it, and it as text, have at least 4.5:1 (WCAG 1.4.3).

export interface Accent {
  fill: string // of buttons
  ink: string // on fill
  text: string // accent as text and lines on the surface
  mine: string // ground of the customer's own words
}

type RGB = [number, number, number]

const enough = 4.5

// parse reads #rgb, #rrggbb and rgb(r, g, b); undefined is anything else.
export function parse(colour: string): RGB | undefined {
  const c = colour.trim().toLowerCase()
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/.exec(c)
  if (short) return short.slice(1).map((x) => parseInt(x + x, 16)) as RGB
  const long = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/.exec(c)
  if (long) return long.slice(1).map((x) => parseInt(x, 16)) as RGB
  const rgb = /^rgb\(\s*(\d{1,3})\s*[, ]\s*(\d{1,3})\s*[, ]\s*(\d{1,3})\s*\)$/.exec(c)
  const out = rgb?.slice(1).map(Number) as RGB | undefined
  return out?.every((x) => x <= 255) ? out : undefined
}

// luminance is relative, 0 to 1 (WCAG 2.2).
function luminance(c: RGB): number {
  const [r, g, b] = c.map((x) => (x / 255 <= 0.04045 ? x / 255 / 12.92 : ((x / 255 + 0.055) / 1.055) ** 2.4)) as RGB
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

export function contrast(a: RGB, b: RGB): number {
  const [x, y] = [luminance(a), luminance(b)]
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05)
}

const mix = (a: RGB, b: RGB, share: number): RGB => a.map((x, i) => Math.round(x + ((b[i] ?? 0) - x) * share)) as RGB
const hex = (c: RGB): string => '#' + c.map((x) => x.toString(16).padStart(2, '0')).join('')

const white: RGB = [255, 255, 255]
const black: RGB = [0, 0, 0]

// surfaces are what the accent stands on: the panel's ground and its softer one.
const surfaces = { light: [white, [244, 247, 248] as RGB], dark: [[29, 34, 38] as RGB, [38, 44, 49] as RGB] }
export const standard = '#0b7285'

// accentOf makes the colours of one scheme. What cannot be read as a colour is the standard one.
export function accentOf(colour: string | undefined, scheme: 'light' | 'dark'): Accent {
  const base = parse(colour ?? standard) ?? (parse(standard) as RGB)
  const grounds = surfaces[scheme]
  const toward = scheme === 'light' ? black : white
  const mine = mix(grounds[0] as RGB, base, scheme === 'light' ? 0.12 : 0.22)
  let text = base
  for (let share = 0; share <= 1 && [...grounds, mine].some((g) => contrast(text, g) < enough); share += 0.04) text = mix(base, toward, share)
  // The site's own colour is its own: what is on it tells a button, and a thin edge.
  const fill = base
  const ink = contrast(fill, white) >= enough ? white : black
  return { fill: hex(fill), ink: hex(ink), text: hex(text), mine: hex(mine) }
}
