import { describe, expect, it } from 'vitest'
import { ApiError } from './api'
import { deskWords } from './deskwords'
import { whyNot } from './trouble'

const zh = deskWords['zh-CN']
const refusal = (status: number, type = 'about:blank') => new ApiError({ title: 'Conflict', detail: 'in English', status, type })

describe('whyNot', () => {
  it.each([
    [refusal(409, 'urn:parley:problem:no-audio'), zh.troubles['no-audio']],
    [refusal(409), zh.troubles[409]],
    [refusal(409, 'urn:parley:problem:of-tomorrow'), zh.troubles[409]],
    [refusal(418), zh.failedSo],
    [new TypeError('Failed to fetch'), zh.lost],
    ['?', zh.failedSo],
  ])('%s', (err, said) => expect(whyNot(err, zh)).toBe(said))
})
