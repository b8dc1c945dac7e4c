// Are the committed pages what the sources make? Builds beside them and compares.
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'

const fresh = 'node_modules/.check'
rmSync(fresh, { recursive: true, force: true })
for (const config of ['vite.config.ts', 'vite.widget.config.ts']) execFileSync('npx', ['vite', 'build', '-c', config, '--outDir', fresh, '--logLevel', 'error'], { stdio: 'inherit' })

const files = (root) => {
  const walk = (d) => readdirSync(d).flatMap((n) => (statSync(join(d, n)).isDirectory() ? walk(join(d, n)) : [join(d, n)]))
  return new Map(walk(root).map((f) => [relative(root, f), readFileSync(f)]))
}
const [want, have] = [files(fresh), files('dist')]
const wrong = [...new Set([...want.keys(), ...have.keys()])].filter((f) => !want.get(f)?.equals(have.get(f) ?? Buffer.alloc(0)))
if (wrong.length > 0) {
  console.error(`pages: committed files differ from what the sources make: ${wrong.join(', ')}\nrun: make pages, and commit web/app/dist`)
  process.exit(1)
}
console.log(`pages: ${have.size} committed files are what the sources make`)
