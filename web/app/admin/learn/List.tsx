import type { ReactNode } from 'react'
import { useState } from 'react'
import { useHere } from '../context'
import { Empty, Show, why } from '../ui/State'
import type { Loaded } from '../useLoad'

// List is things that wait for a decision; deciding takes one off it.
export function List<T extends { id: string }>({ of, icon, empty, more, row }: {
  of: Loaded<T[]>; icon: ReactNode; empty: string; more: string; row: (x: T, decide: (how: () => Promise<void>) => void) => ReactNode
}) {
  const { t } = useHere()
  const [error, setError] = useState('')
  const decide = async (x: T, how: () => Promise<void>) => {
    setError('')
    try {
      await how()
      of.set((of.data ?? []).filter((y) => y.id !== x.id))
    } catch (err) {
      setError(why(err, t.offline))
    }
  }
  return (
    <Show of={of}>
      {(all) =>
        all.length === 0 ? (
          <Empty icon={icon} title={empty} text={more} />
        ) : (
          <>
            {error && (
              <p className="bad" role="alert">
                {error}
              </p>
            )}
            <ul className="card rows">
              {all.map((x) => (
                <li key={x.id}>{row(x, (how) => void decide(x, how))}</li>
              ))}
            </ul>
          </>
        )
      }
    </Show>
  )
}
