// What the reports count, row by row, as a file for other programs.

export type Exported = 'conversations' | 'turns' | 'transfers' | 'ratings' | 'scores'
export const exported: Exported[] = ['conversations', 'turns', 'transfers', 'ratings', 'scores']
export type Format = 'csv' | 'jsonl'

// Rows counts the rows of a file that comes in pieces. A CSV row may hold quoted line ends;
// its first line names the columns.
export class Rows {
  private lines = 0
  private quoted = false
  constructor(private readonly format: Format) {}

  take(piece: Uint8Array): number {
    for (const b of piece) {
      if (b === 0x22 && this.format === 'csv') this.quoted = !this.quoted
      else if (b === 0x0a && !this.quoted) this.lines++
    }
    return this.count
  }

  get count(): number {
    return this.format === 'csv' ? Math.max(0, this.lines - 1) : this.lines
  }
}

export interface File { blob: Blob; name: string }

// fetchExport gets a file and tells how many of its rows are there. A file that breaks off
// is an error, and no file.
export async function fetchExport(kind: Exported, format: Format, query: string, tell: (rows: number, of: number) => void, signal: AbortSignal): Promise<File> {
  const r = await fetch(`/v1/exports/${kind}?format=${format}&${query}`, { signal })
  if (!r.ok || !r.body) throw new Error(r.statusText || 'error')
  const of = Number(r.headers.get('Parley-Rows') ?? 0)
  const rows = new Rows(format)
  const pieces: Uint8Array<ArrayBuffer>[] = []
  tell(0, of)
  for (const reader = r.body.getReader(); ; ) {
    const { done, value } = await reader.read()
    if (done) break
    pieces.push(value)
    tell(rows.take(value), of)
  }
  const name = /filename="([^"]+)"/.exec(r.headers.get('Content-Disposition') ?? '')?.[1] ?? `${kind}.${format}`
  return { blob: new Blob(pieces, { type: r.headers.get('Content-Type') ?? '' }), name }
}
