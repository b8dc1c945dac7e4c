import { describe, expect, it } from 'vitest'
import { gradeOf, Meter } from './quality'

const report = (received: number, lost: number, rtt = 0.05) => [
  { type: 'inbound-rtp', kind: 'audio', packetsReceived: received, packetsLost: lost, jitter: 0.01 },
  { type: 'remote-inbound-rtp', kind: 'audio', roundTripTime: rtt },
  { type: 'inbound-rtp', kind: 'video', packetsReceived: 1, packetsLost: 99 },
]

describe('quality', () => {
  it('is of the last moment, not of the whole call', () => {
    const m = new Meter()
    expect(m.take(report(50, 50))?.lost).toBe(0.5)
    expect(m.take(report(150, 50))?.lost).toBe(0)
    expect(m.take(report(240, 60))?.lost).toBeCloseTo(0.1)
  })
  it('says nothing of silence', () => {
    const m = new Meter()
    m.take(report(50, 0))
    expect(m.take(report(50, 0))).toBeUndefined()
    expect(m.take([])).toBeUndefined()
  })
  it('is graded by its worst part', () => {
    expect(gradeOf({ lost: 0, rtt: 0.05, jitter: 0.01 })).toBe(3)
    expect(gradeOf({ lost: 0.05, rtt: 0.05, jitter: 0.01 })).toBe(2)
    expect(gradeOf({ lost: 0, rtt: 0.9, jitter: 0 })).toBe(1)
    expect(gradeOf({ lost: 0, rtt: 0, jitter: 0.2 })).toBe(1)
  })
})
