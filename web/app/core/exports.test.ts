import { expect, it } from 'vitest'
import { Rows } from './exports'

it('rows are counted however the file is cut into pieces', () => {
  const csv = new TextEncoder().encode('conversation,text\r\nc1,"two\r\nlines, ""quoted"""\r\nc2,plain\r\n')
  const lines = new TextEncoder().encode('{"text":"a\\nb \\" c"}\n{"text":"d"}\n')
  for (let size = 1; size <= csv.length; size++) {
    const [a, b] = [new Rows('csv'), new Rows('jsonl')]
    for (let i = 0; i < csv.length; i += size) a.take(csv.subarray(i, i + size))
    for (let i = 0; i < lines.length; i += size) b.take(lines.subarray(i, i + size))
    expect(a.count).toBe(2)
    expect(b.count).toBe(2)
  }
  expect(new Rows('csv').count).toBe(0)
})
