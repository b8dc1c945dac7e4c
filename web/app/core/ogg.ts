// A call's recording taken apart: Ogg (RFC 3533) with Opus in it (RFC 7845), whole packets in
// each page, as our recorder writes it.

const rate = 48_000 // of granules, whatever the sound's is

// Piece is a part of a recording that is a file of its own.
export interface Piece {
  bytes: Uint8Array<ArrayBuffer>
  at: number // where its sound begins in the recording, s
}

export interface Taken {
  seconds: number // of the whole recording
  pieces: Piece[]
}

interface Page { from: number; to: number; granule: number; joined: boolean }

// takeApart cuts a recording into pieces of about so many seconds, so that an hour is never
// decoded at once. A file that is torn off gives what is whole. It throws when it is none of ours.
export function takeApart(file: Uint8Array, each = 60): Taken {
  const all = pages(file)
  const skip = preSkip(file, all[0])
  const sound = all.slice(2)
  const head = file.subarray(0, all[1]?.to ?? 0)
  const taken: Taken = { seconds: Math.max(0, ((sound.at(-1)?.granule ?? skip) - skip) / rate), pieces: [] }
  let base = 0 // granule where the piece begins
  for (let i = 0; i < sound.length; ) {
    let end = i + 1
    while (end < sound.length && ((sound[end] as Page).joined || (sound[end] as Page).granule - base <= each * rate)) end++
    const part = sound.slice(i, end)
    taken.pieces.push({ at: base / rate, bytes: assemble(file, head, part, base) })
    base = (part.at(-1) as Page).granule
    i = end
  }
  return taken
}

// pages finds the pages of a file, up to the first that is not whole.
function pages(file: Uint8Array): Page[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const found: Page[] = []
  for (let at = 0; at + 27 <= file.length && view.getUint32(at) === 0x4f676753; ) {
    const body = at + 27 + (file[at + 26] as number)
    if (body > file.length) break
    let to = body
    for (let k = at + 27; k < body; k++) to += file[k] as number
    if (to > file.length) break
    found.push({ from: at, to, granule: Number(view.getBigInt64(at + 6, true)), joined: ((file[at + 5] as number) & 1) === 1 })
    at = to
  }
  return found
}

// preSkip reads the samples before the sound from the head (RFC 7845 section 5.1).
function preSkip(file: Uint8Array, first?: Page): number {
  const at = first ? first.from + 27 + (file[first.from + 26] as number) : 0
  if (!first || first.to - at < 19 || new TextDecoder().decode(file.subarray(at, at + 8)) !== 'OpusHead') throw new Error('not an Ogg Opus file')
  return (file[at + 10] as number) | ((file[at + 11] as number) << 8)
}

// assemble makes a file of the head and some pages, whose granules and numbers begin anew.
function assemble(file: Uint8Array, head: Uint8Array, part: Page[], base: number): Uint8Array<ArrayBuffer> {
  const [first, last] = [part[0] as Page, part.at(-1) as Page]
  const out = new Uint8Array(head.length + last.to - first.from)
  out.set(head)
  out.set(file.subarray(first.from, last.to), head.length)
  const view = new DataView(out.buffer)
  part.forEach((p, i) => {
    const at = head.length + p.from - first.from
    view.setBigInt64(at + 6, BigInt(p.granule - base), true)
    view.setUint32(at + 18, i + 2, true)
    view.setUint32(at + 22, 0)
    view.setUint32(at + 22, checksum(out.subarray(at, at + p.to - p.from)), true)
  })
  return out
}

const table = Uint32Array.from({ length: 256 }, (_, n) => {
  let r = n << 24
  for (let k = 0; k < 8; k++) r = r & 0x80000000 ? (r << 1) ^ 0x04c11db7 : r << 1
  return r >>> 0
})

// checksum is a page's CRC, its own field being 0 (RFC 3533 section 6).
export function checksum(page: Uint8Array): number {
  let crc = 0
  for (const b of page) crc = ((crc << 8) ^ (table[((crc >>> 24) ^ b) & 255] as number)) >>> 0
  return crc
}
