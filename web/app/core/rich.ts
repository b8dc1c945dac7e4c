// What a bot or a person writes, as it is meant to be seen: paragraphs, lists, bold, code and
// links of the web. Anything else is text. Nothing of it is HTML.

export interface Piece { text: string; bold?: boolean; code?: boolean; href?: string }
export type Block = { kind: 'text'; pieces: Piece[] } | { kind: 'list'; numbered: boolean; items: Piece[][] }

const inline = /\[([^\]\n]{1,200})\]\((https?:\/\/[^)\s]{1,500})\)|(https?:\/\/[^\s<>()（）。，；、！？"“”]{1,500}[^\s<>()（）。，；、！？"“”.,;:!?])|\*\*([^*\n]{1,500})\*\*|`([^`\n]{1,200})`/g

// pieces of one line or paragraph.
export function pieces(text: string): Piece[] {
  const out: Piece[] = []
  let from = 0
  for (const m of text.matchAll(inline)) {
    if (m.index > from) out.push({ text: text.slice(from, m.index) })
    const [all, name, href, bare, bold, code] = m
    if (href !== undefined && name !== undefined) out.push({ text: name, href })
    else if (bare !== undefined) out.push({ text: bare, href: bare })
    else if (bold !== undefined) out.push({ text: bold, bold: true })
    else if (code !== undefined) out.push({ text: code, code: true })
    from = m.index + all.length
  }
  if (from < text.length) out.push({ text: text.slice(from) })
  return out
}

const item = /^[ \t]*(?:[-*•]|(\d{1,2})[.)])[ \t]+(.*)$/
const heading = /^#{1,6}[ \t]+(.*)$/

// blocks of a text. Lines of a paragraph stay lines.
export function blocks(text: string): Block[] {
  const out: Block[] = []
  let lines: string[] = []
  const flush = () => {
    const s = lines.join('\n').trim()
    if (s) out.push({ kind: 'text', pieces: pieces(s) })
    lines = []
  }
  for (const line of text.split('\n')) {
    const i = item.exec(line)
    const h = heading.exec(line)
    if (i) {
      flush()
      const numbered = i[1] !== undefined
      const last = out.at(-1)
      if (last?.kind === 'list' && last.numbered === numbered) last.items.push(pieces(i[2] ?? ''))
      else out.push({ kind: 'list', numbered, items: [pieces(i[2] ?? '')] })
    } else if (h) {
      flush()
      out.push({ kind: 'text', pieces: [{ text: h[1] ?? '', bold: true }] })
    } else if (line.trim() === '') flush()
    else lines.push(line)
  }
  flush()
  return out
}

// plain reports whether a text is one paragraph of nothing but text.
export const plain = (bs: Block[]): boolean => bs.length <= 1 && bs.every((b) => b.kind === 'text' && b.pieces.every((p) => !p.bold && !p.code && !p.href))
