import { useEffect, useState } from 'react'
import { desk, type Leg } from '../core/desk'

// useListeners are the supervisors in a call, as far as one may know; stamp is changed when
// they may be others.
export function useListeners(call: string | undefined, stamp: number): Leg[] {
  const [legs, setLegs] = useState<Leg[]>([])
  useEffect(() => {
    if (!call) return setLegs([])
    let gone = false
    desk.legs(call).then(
      (all) => gone || setLegs(all.filter((l) => l.party === 'supervisor')),
      () => gone || setLegs([]), // the call is over
    )
    return () => {
      gone = true
    }
  }, [call, stamp])
  return legs
}
