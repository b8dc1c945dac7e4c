// How good a call's network is, from what the browser counts.

export interface Measure {
  lost: number // share of packets that did not come, 0 to 1
  rtt: number // round trip in seconds; 0: not known
  jitter: number // seconds
}

// Grade is 3 good, 2 fair, 1 weak, 0 none.
export type Grade = 0 | 1 | 2 | 3

export function gradeOf(m: Measure): Grade {
  if (m.lost > 0.1 || m.rtt > 0.8 || m.jitter > 0.12) return 1
  if (m.lost > 0.03 || m.rtt > 0.35 || m.jitter > 0.04) return 2
  return 3
}

interface Counts {
  received: number
  lost: number
}

type Row = { type: string; kind?: string; packetsReceived?: number; packetsLost?: number; jitter?: number; roundTripTime?: number }

// Meter turns a connection's running counts into what was since the last time.
export class Meter {
  private last: Counts = { received: 0, lost: 0 }

  // take reads one report; undefined when nothing came and nothing is missing: silence.
  take(rows: Iterable<Row>): Measure | undefined {
    let now: Counts | undefined
    const m: Measure = { lost: 0, rtt: 0, jitter: 0 }
    for (const r of rows) {
      if (r.kind !== 'audio') continue
      if (r.type === 'inbound-rtp') {
        now = { received: r.packetsReceived ?? 0, lost: r.packetsLost ?? 0 }
        m.jitter = r.jitter ?? 0
      }
      if (r.type === 'remote-inbound-rtp') m.rtt = r.roundTripTime ?? 0
    }
    if (!now) return undefined
    const received = now.received - this.last.received
    const lost = Math.max(0, now.lost - this.last.lost)
    this.last = now
    if (received + lost <= 0) return undefined
    m.lost = lost / (received + lost)
    return m
  }
}
