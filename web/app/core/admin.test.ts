import { afterEach, describe, expect, it, vi } from 'vitest'
import { admin, onSignedOut, sent } from './admin'
import { adminWords } from './adminwords'
import { ApiError } from './api'
import { fromForm, toForm } from './botform'
import { mark } from './mark'
import { link, parse } from './route'
import { args, fields } from './schema'
import { base64, toWAV } from './wav'

afterEach(() => vi.unstubAllGlobals())

const answer = (status: number, body: string) => vi.stubGlobal('fetch', vi.fn(() => Promise.resolve(new Response(body, { status }))))

describe('the staff API', () => {
  it('names what is wrong with the fields', async () => {
    answer(422, JSON.stringify({ title: 'Unprocessable', status: 422, errors: [{ message: 'expected a name' }] }))
    await expect(admin.bot()).rejects.toThrow('expected a name')
  })
  it('keeps the status of an answer that is not ours', async () => {
    answer(502, '<html>')
    await expect(admin.bot()).rejects.toSatisfy((e) => e instanceof ApiError && e.problem.status === 502)
  })
  it('tells when the session has ended', async () => {
    answer(401, '{}')
    const left = vi.fn()
    const stop = onSignedOut(left)
    await expect(admin.bot()).rejects.toThrow()
    stop()
    await expect(admin.bot()).rejects.toThrow()
    expect(left).toHaveBeenCalledTimes(1)
  })
  it('reads a streamed trial to its result', async () => {
    answer(200, '{"piece":"Hel"}\n{"piece":"lo"}\n{"ok":true,"ms":3,"text":"Hello"}\n')
    const said: string[] = []
    expect((await admin.tryEngine('llm', { engine: 'openai' }, {}, (p) => said.push(p))).text).toBe('Hello')
    expect(said).toEqual(['Hel', 'lo'])
  })
  it('sends of an engine what the server takes', () =>
    expect(sent({ id: 'a', engine: 'openai', url: '', key: 'k', key_set: true, languages: [] })).toEqual({ id: 'a', engine: 'openai', key: 'k' }))
})

describe('forms', () => {
  it('bring settings back as they were', () => {
    const b = { name: 'P', company: 'C', languages: ['en', 'zh-CN'], greeting: { en: 'Hi' }, persona: 'p', rules: ['a', 'b'], tools: ['x'], handoff: { failures: 3, topics: { '退款': 'refund' }, vip: ['c7'], emergency: { en: '999' } } }
    expect(fromForm(toForm(b), b)).toEqual(b)
  })
  it('read a schema', () => {
    const f = fields({ type: 'object', required: ['order'], properties: { order: { type: 'string' }, n: { type: 'integer' }, how: { enum: ['a', 'b'] }, list: { type: 'array' } } })
    expect(f.map((x) => [x.name, x.kind, x.required])).toEqual([['order', 'text', true], ['n', 'integer', false], ['how', 'choice', false], ['list', 'json', false]])
    expect(args(f, { order: '7', n: '2', how: '', list: '[1]' })).toEqual({ order: '7', n: 2, list: [1] })
    expect(() => args(f, { n: '1.5' })).toThrow('n')
    expect(() => args(f, { list: '[' })).toThrow('list')
  })
})

describe('small things', () => {
  it('routes', () => {
    expect(parse(link('documents', { id: 'file:/a b.md?#&' }))).toEqual({ screen: 'documents', with: { id: 'file:/a b.md?#&' } })
    expect(parse('#/nothing').screen).toBe('documents')
  })
  it('marks whole words, and Han anywhere', () => {
    expect(mark('An orders order', ['order']).filter((p) => p.found).map((p) => p.text)).toEqual(['order'])
    expect(mark('保修期两年', ['保修']).map((p) => p.found)).toEqual([true, false])
    expect(mark('a (b', ['(']).map((p) => p.text).join('')).toBe('a (b')
  })
  it('makes WAV', () => {
    const b = toWAV(new Float32Array([0, 1, -1, 2]))
    expect(b.length).toBe(52)
    expect(new DataView(b.buffer).getInt16(46, true)).toBe(32767)
    expect(new DataView(b.buffer).getInt16(50, true)).toBe(32767)
    expect(atob(base64(b)).length).toBe(52)
  })
})

const shape = (x: unknown, path = ''): string[] => (typeof x === 'string' ? [path] : Object.entries(x as object).flatMap(([k, v]) => shape(v, `${path}/${k}`)))
const sentences = (x: unknown): string[] => (typeof x === 'string' ? [x] : Object.values(x as object).flatMap(sentences))

describe('the admin catalogues', () => {
  it('say the same things', () => expect(shape(adminWords['zh-CN']).sort()).toEqual(shape(adminWords.en).sort()))
  it('leave nothing in English', () => {
    const left = sentences(adminWords['zh-CN']).filter((s) => !/\p{Script=Han}/u.test(s))
    expect(left).toEqual([adminWords['zh-CN'].language])
  })
})
