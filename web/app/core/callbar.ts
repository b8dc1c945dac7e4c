// What the bar of calls says and offers, from how the call and the agent's audio stand.
import type { Row } from './desk'
import type { StandByState } from './standby'

// Stage is how far an agent is in a call: being told what it is about while the customer has
// music, all three together, the call is the agent's, or it is being handed on.
export type Stage = 'briefing' | 'together' | 'mine' | 'handing'

export interface CallView {
  stage: Stage
  heard: boolean // the agent's audio is there
  held: boolean
  may: { hold: boolean; join: boolean; complete: boolean; cancel: boolean; giveBack: boolean; close: boolean }
}

// stageOf is how far an agent is in a conversation that has a call; undefined: it is not the agent's.
export function stageOf(r: Row, me: string): Stage | undefined {
  const t = r.transfer
  if (t && t.agent === me && t.state === 'consulting') return 'briefing'
  if (t && t.agent === me && t.state === 'conference') return 'together'
  if (r.holder !== 'agent' || r.agent !== me || r.state === 'closed') return undefined
  return t ? 'handing' : 'mine'
}

export function callView(stage: Stage, line: StandByState['line'], held: boolean): CallView {
  const heard = line === 'ready'
  const mine = stage === 'mine'
  return {
    stage, heard, held: held && heard,
    may: {
      hold: heard && (mine || stage === 'together'), join: heard && stage === 'briefing', complete: heard && (stage === 'briefing' || stage === 'together'),
      cancel: stage !== 'mine', giveBack: mine, close: mine,
    },
  }
}
