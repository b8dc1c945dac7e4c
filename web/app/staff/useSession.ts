import { useCallback, useEffect, useState } from 'react'
import { admin, onSignedOut, type User } from '../core/admin'
import { ApiError } from '../core/api'

// useSession is who of the staff is signed in; undefined while it is being found out.
export function useSession() {
  const [me, setMe] = useState<User | null>()
  const [down, setDown] = useState(false)
  const [expired, setExpired] = useState(false)
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>
    const look = () =>
      admin.me().then(
        (u) => {
          setDown(false)
          setMe(u)
        },
        (err: unknown) => {
          if (err instanceof ApiError && err.problem.status === 401) return setMe(null)
          setDown(true)
          timer = setTimeout(look, 3000)
        },
      )
    void look()
    return () => clearTimeout(timer)
  }, [])
  const out = useCallback(
    () =>
      setMe((was) => {
        if (was) setExpired(true) // who has not signed in yet has lost nothing
        return null
      }),
    [],
  )
  useEffect(() => onSignedOut(out), [out])
  return { me, setMe, down, expired, out }
}
