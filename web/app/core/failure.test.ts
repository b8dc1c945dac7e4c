import { describe, expect, it } from 'vitest'
import { ApiError } from './api'
import { failureOf, isOver, isRefused, obstacle } from './failure'

const refusal = (status: number) => new ApiError({ title: 'no', status })
const named = (name: string) => Object.assign(new Error('no'), { name })
const able = { isSecureContext: true, RTCPeerConnection: class {}, navigator: { mediaDevices: { getUserMedia: () => undefined } } }

describe('failureOf', () => {
  it.each([
    [refusal(503), 'busy'],
    [refusal(429), 'limit'],
    [refusal(502), 'unreachable'],
    [refusal(400), 'server'],
    [new TypeError('Failed to fetch'), 'unreachable'],
    [new DOMException('no', 'NotAllowedError'), 'refused'],
    [new DOMException('no', 'NotFoundError'), 'no-microphone'],
    [new DOMException('no', 'NotReadableError'), 'taken'],
    [named('OverconstrainedError'), 'no-microphone'],
    [named('PermissionDeniedError'), 'refused'],
    ['?', 'server'],
  ])('%s is %s', (err, failure) => expect(failureOf(err).failure).toBe(failure))

  it('keeps what the server said', () =>
    expect(failureOf(new ApiError({ title: 'Bad', status: 400, detail: 'no audio line' })).detail).toBe('no audio line'))
})

describe('obstacle', () => {
  it('is none in a browser that can', () => expect(obstacle(able)).toBeUndefined())
  it('is plain HTTP before anything else', () => expect(obstacle({ isSecureContext: false, navigator: {} })).toBe('insecure'))
  it('is a browser without devices', () => expect(obstacle({ ...able, navigator: {} })).toBe('unsupported'))
  it('is a browser without connections', () => expect(obstacle({ ...able, RTCPeerConnection: undefined })).toBe('unsupported'))
})

describe('isOver', () => {
  it('is a closed or forgotten conversation', () => expect([401, 404, 409, 410].every((s) => isOver(refusal(s)))).toBe(true))
  it('is not a busy server', () => expect(isOver(refusal(503)) || isOver(new TypeError())).toBe(false))
})

describe('isRefused', () => {
  it('is a message that was looked at', () => expect([413, 422].every((s) => isRefused(refusal(s)))).toBe(true))
  it('is not a server or network that could not', () => expect([503, 500, 429].some((s) => isRefused(refusal(s))) || isRefused(new TypeError())).toBe(false))
})
