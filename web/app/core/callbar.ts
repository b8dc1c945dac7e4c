// What the bar of calls says and offers, from how the call and the agent's audio stand.
import type { Row } from './desk'
import type { StandByState } from './standby'

// Stage is how far an agent is in a call. Of one that comes: being told what it is about by the
// bot or by a colleague while the customer has music, or all together with the bot. Of one that
// is the agent's: alone with the customer, being handed on, asking somebody while the customer
// has music. conference is three people together, whoever began it.
export type Stage = 'briefing' | 'told' | 'together' | 'mine' | 'handing' | 'consult' | 'conference'

export interface CallView {
  stage: Stage
  heard: boolean // the agent's audio is there
  held: boolean
  may: { hold: boolean; consult: boolean; join: boolean; complete: boolean; cancel: boolean; giveBack: boolean; close: boolean }
}

// stageOf is how far an agent is in a conversation that has a call; undefined: it is not the agent's.
export function stageOf(r: Row, me: string): Stage | undefined {
  const t = r.transfer
  if (r.state === 'closed') return undefined
  if (t && (t.agent === me || t.from === me) && t.state === 'conference') return t.from ? 'conference' : 'together'
  if (t && t.agent === me && t.state === 'consulting') return t.from && t.consult ? 'told' : 'briefing'
  if (t && t.from === me && t.state === 'consulting') return 'consult'
  if (r.holder !== 'agent' || r.agent !== me) return undefined
  return t ? 'handing' : 'mine'
}

const joins: Stage[] = ['briefing', 'told', 'consult']
const talks: Stage[] = ['mine', 'together', 'conference']

export function callView(stage: Stage, line: StandByState['line'], held: boolean): CallView {
  const heard = line === 'ready'
  const mine = stage === 'mine'
  return {
    stage, heard, held: held && heard,
    may: {
      hold: heard && talks.includes(stage), consult: heard && mine, join: heard && joins.includes(stage), complete: heard && (joins.includes(stage) || stage === 'together' || stage === 'conference'),
      cancel: !mine, giveBack: mine, close: mine,
    },
  }
}

const outside = 'phone:'

// outsideOf is the number of a person outside; '' of one at the desk.
export const outsideOf = (agent = '') => (agent.startsWith(outside) ? agent.slice(outside.length) : '')

// KeysTo is whose phone takes keys: the customer's, or that of the person outside.
export type KeysTo = 'customer' | 'outside'

// keysTo lists the phones in a call that take keys, the likeliest first.
export function keysTo(r: Row, via: 'web' | 'phone'): KeysTo[] {
  const t = r.transfer
  const asked = t && (t.state === 'consulting' || t.state === 'conference') && outsideOf(t.agent)
  return [...(asked ? (['outside'] as const) : []), ...(via === 'phone' ? (['customer'] as const) : [])]
}
