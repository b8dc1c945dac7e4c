// What of JSON Schema a form can show: an object's plain fields. The rest is written as JSON.

export interface Field {
  name: string
  kind: 'text' | 'number' | 'integer' | 'boolean' | 'choice' | 'json'
  required: boolean
  about: string
  choices: string[]
}

interface Schema { type?: string | string[]; properties?: Record<string, Schema>; required?: string[]; description?: string; enum?: unknown[] }

export function fields(schema: unknown): Field[] {
  const s = (schema ?? {}) as Schema
  return Object.entries(s.properties ?? {}).map(([name, p]) => {
    const type = Array.isArray(p.type) ? p.type.find((t) => t !== 'null') : p.type
    const texts = p.enum?.every((v) => typeof v === 'string')
    const kinds: Record<string, Field['kind']> = { string: 'text', number: 'number', integer: 'integer', boolean: 'boolean' }
    return {
      name, kind: texts ? 'choice' : (kinds[type ?? ''] ?? 'json'), required: s.required?.includes(name) ?? false,
      about: p.description ?? '', choices: texts ? (p.enum as string[]) : [],
    }
  })
}

// args makes arguments of what was filled in; a field that is empty is left out. It throws
// with the field's name when what is in it cannot be.
export function args(fs: Field[], values: Record<string, string | boolean>): Record<string, unknown> {
  const out: Record<string, unknown> = {}
  for (const f of fs) {
    const v = values[f.name]
    if (v === undefined || v === '') continue
    if (f.kind === 'number' || f.kind === 'integer') {
      const n = Number(v)
      if (!Number.isFinite(n) || (f.kind === 'integer' && !Number.isInteger(n))) throw new Error(f.name)
      out[f.name] = n
    } else if (f.kind === 'json') {
      try {
        out[f.name] = JSON.parse(String(v)) as unknown
      } catch {
        throw new Error(f.name)
      }
    } else out[f.name] = v
  }
  return out
}
