// Drives the pages' own outbox and watcher from Node, for the test of delivery in
// cmd/parley/delivery. Reads {base, messages, conversations: [{id, token}]} from stdin, sends
// so many messages in each conversation, watched twice, until both have seen as many events
// as `until` says: a file with the number of each conversation's events, there once all is said.
import { build } from 'esbuild'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { WebSocket } from 'ws'

const dir = mkdtempSync('node_modules/.delivery-')
const core = {}
for (const name of ['outbox', 'events', 'send']) {
  const outfile = join(dir, `${name}.mjs`)
  await build({ entryPoints: [`core/${name}.ts`], bundle: true, format: 'esm', outfile, logLevel: 'error' })
  Object.assign(core, await import(pathToFileURL(outfile).href))
}
rmSync(dir, { recursive: true })

const { base, messages, conversations, until } = JSON.parse(readFileSync(0, 'utf8'))
globalThis.WebSocket = WebSocket
globalThis.location = { href: base }
globalThis.addEventListener = globalThis.removeEventListener = () => {}
// The same waits, a tenth as long: the network here fails as often in a minute as others in an hour.
for (const t of [core.times, core.pace, core.patience]) for (const k of Object.keys(t)) t[k] /= 10
core.times.quiet = core.times.answer = 500

const pause = (ms) => new Promise((done) => setTimeout(done, ms))
const stops = []

async function converse({ id, token }) {
  const session = { id, token, base, ice_servers: [] }
  const watchers = [[], []]
  let waiting = []
  const box = new core.Outbox({ name: id, send: core.sender(session, () => 'en'), changed: (items) => (waiting = items) })
  watchers.forEach((seen, n) => {
    const take = (e) => {
      if (e.seq === undefined) return
      seen.push(e.seq)
      if (n === 0) box.see(e)
    }
    stops.push(core.watch(session, take, () => {}))
  })
  stops.push(() => box.close())
  for (let n = 0; n < messages; n++) {
    while (waiting.length >= core.most) await pause(5)
    box.post(`message ${n}`)
  }
  while (waiting.length > 0) {
    const failed = waiting.find((i) => i.state === 'failed')
    if (failed) throw new Error(`${failed.text} failed: ${failed.reason}: ${failed.err}`)
    await pause(20)
  }
  return { id, watchers }
}

const all = await Promise.all(conversations.map(converse))
console.log('sent')
let ends
while (ends === undefined) {
  await pause(50)
  try {
    ends = JSON.parse(readFileSync(until, 'utf8'))
  } catch {
    // Not yet, or not whole.
  }
}
while (all.some((c) => c.watchers.some((seen) => (seen.at(-1) ?? 0) < ends[c.id]))) await pause(20)
stops.forEach((stop) => stop())
process.stdout.write(JSON.stringify(Object.fromEntries(all.map((c) => [c.id, c.watchers]))) + '\n', () => process.exit(0))
