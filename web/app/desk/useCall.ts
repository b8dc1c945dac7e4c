import { useEffect, useState } from 'react'
import { stageOf, type Stage } from '../core/callbar'
import { desk, type Row } from '../core/desk'

export interface MyCall {
  id: string
  row: Row
  stage: Stage
  via: 'web' | 'phone'
  since: number // ms since 1970
}

// useCall is the call that is the agent's, among conversations that are or become so. calls
// is how many calls the server says the agent has: once they are the agent's, it changes
// when one begins or ends.
export function useCall(rows: Row[], me: string, calls: number): MyCall | undefined {
  const [up, setUp] = useState<{ id: string; conversation: string; via: 'web' | 'phone'; since: number }>()
  const mine = rows.flatMap((row) => {
    const stage = stageOf(row, me)
    return stage ? [{ row, stage }] : []
  })
  const names = mine.map((m) => m.row.id).join(' ')
  const stages = mine.map((m) => m.stage).join(' ')
  useEffect(() => {
    if (!names) return setUp(undefined)
    let gone = false
    let timer: ReturnType<typeof setTimeout> | undefined
    const look = async () => {
      const found = await Promise.all(names.split(' ').map(async (conversation) => ({ conversation, call: (await desk.calls(conversation)).findLast((c) => !c.ended) })))
      if (gone) return
      const at = found.find((f) => f.call)
      setUp(at?.call && { id: at.call.id, conversation: at.conversation, via: at.call.via, since: Date.parse(at.call.started_at) })
    }
    const again = () => look().catch(() => gone || (timer = setTimeout(() => void again(), 2000)))
    void again()
    return () => {
      gone = true
      clearTimeout(timer)
    }
  }, [names, stages, calls])
  const at = mine.find((m) => m.row.id === up?.conversation)
  return at && up ? { id: up.id, via: up.via, since: up.since, ...at } : undefined
}
