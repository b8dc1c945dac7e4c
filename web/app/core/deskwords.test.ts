import { describe, expect, it } from 'vitest'
import { deskWords } from './deskwords'

const shape = (x: unknown, path = ''): string[] => (typeof x === 'string' || typeof x === 'function' ? [path] : Object.entries(x as object).flatMap(([k, v]) => shape(v, `${path}/${k}`)))
const sentences = (x: unknown): string[] => (typeof x === 'function' ? [(x as (a: unknown, b: unknown) => string)(1, 2)] : typeof x === 'string' ? [x] : Object.values(x as object).flatMap(sentences))

describe('the words of the desk', () => {
  it('say the same things in both languages', () => expect(shape(deskWords['zh-CN']).sort()).toEqual(shape(deskWords.en).sort()))
  it('leave nothing empty', () => expect([...sentences(deskWords.en), ...sentences(deskWords['zh-CN'])].filter((s) => !s.trim())).toEqual([]))
  it('leave nothing in English but the way back to it', () => expect(sentences(deskWords['zh-CN']).filter((s) => !/\p{Script=Han}/u.test(s))).toEqual([deskWords['zh-CN'].language2]))
})
