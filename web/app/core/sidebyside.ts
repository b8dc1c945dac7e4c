import type { DiffLine } from './admin'

// Piece is a part of a line; changed pieces are not on the other side.
export interface Piece { text: string; changed: boolean }
// Row is one line of both texts, side by side; undefined: there is none on that side.
export interface Row { left?: Piece[]; right?: Piece[]; same: boolean }

const whole = (text: string, changed: boolean): Piece[] => [{ text, changed }]

// words are what a line is compared by: words, single Han characters, and what is between them.
function words(s: string): string[] {
  return s.match(/\p{Script=Han}|(?:(?!\p{Script=Han})[\p{L}\p{N}])+|\s+|[^\s\p{L}\p{N}]/gu) ?? []
}

// pieces tells what two lines share, by their longest common sequence of words.
export function pieces(a: string, b: string): [Piece[], Piece[]] {
  const [x, y] = [words(a), words(b)]
  if (x.length * y.length > 250_000) return [whole(a, true), whole(b, true)]
  const best = Array.from({ length: x.length + 1 }, () => new Uint16Array(y.length + 1))
  for (let i = x.length - 1; i >= 0; i--)
    for (let j = y.length - 1; j >= 0; j--) best[i]![j] = x[i] === y[j] ? best[i + 1]![j + 1]! + 1 : Math.max(best[i + 1]![j]!, best[i]![j + 1]!)
  const out: [Piece[], Piece[]] = [[], []]
  const put = (side: 0 | 1, text: string, changed: boolean) => {
    const last = out[side].at(-1)
    if (last?.changed === changed) last.text += text
    else out[side].push({ text, changed })
  }
  let [i, j] = [0, 0]
  while (i < x.length || j < y.length) {
    if (i < x.length && j < y.length && x[i] === y[j]) {
      put(0, x[i++]!, false)
      put(1, y[j++]!, false)
    } else if (j >= y.length || (i < x.length && best[i + 1]![j]! >= best[i]![j + 1]!)) put(0, x[i++]!, true)
    else put(1, y[j++]!, true)
  }
  return out
}

// sideBySide pairs the lines that were replaced, and shows what changed within them.
export function sideBySide(lines: DiffLine[]): Row[] {
  const rows: Row[] = []
  let [gone, come]: [string[], string[]] = [[], []]
  const flush = () => {
    for (let i = 0; i < Math.max(gone.length, come.length); i++) {
      const [a, b] = [gone[i], come[i]]
      if (a !== undefined && b !== undefined) {
        const [left, right] = pieces(a, b)
        rows.push({ left, right, same: false })
      } else rows.push({ left: a === undefined ? undefined : whole(a, true), right: b === undefined ? undefined : whole(b, true), same: false })
    }
    ;[gone, come] = [[], []]
  }
  for (const l of lines) {
    if (l.op === '-') gone.push(l.text)
    else if (l.op === '+') come.push(l.text)
    else {
      flush()
      rows.push({ left: whole(l.text, false), right: whole(l.text, false), same: true })
    }
  }
  flush()
  return rows
}

// Fold is a stretch of rows that is shown, or a number of equal ones that is not.
export type Fold = { rows: Row[] } | { hidden: number; rows: Row[] }

// fold hides what is far from every change.
export function fold(rows: Row[], around = 2): Fold[] {
  const near = rows.map((_, i) => rows.slice(Math.max(0, i - around), i + around + 1).some((r) => !r.same))
  const out: Fold[] = []
  for (let i = 0; i < rows.length; ) {
    let j = i
    while (j < rows.length && near[j] === near[i]) j++
    const part = rows.slice(i, j)
    out.push(near[i] || part.length < 4 ? { rows: part } : { hidden: part.length, rows: part })
    i = j
  }
  return out
}
