import { useCallback, useEffect, useState } from 'react'
import { desk, type OpenWrapUp } from '../core/desk'

// useWrapUps are one's wrap-ups that are open. stamp is changed when there may be others.
export function useWrapUps(stamp: string): [OpenWrapUp[], () => void] {
  const [list, setList] = useState<OpenWrapUp[]>([])
  const look = useCallback(() => void desk.wrapUps().then(setList, () => undefined), [])
  useEffect(look, [look, stamp])
  return [list, look]
}
