import { useEffect, useState } from 'react'
import { follow, type DeskLink, type Person, type Queue, type Snapshot } from '../core/desk'
import { merge, type WallView } from '../core/wall'

export interface Walled { link: DeskLink; view?: WallView; people: Person[]; queues: Queue[] }

const put = <T extends object>(list: T[], key: keyof T, x: T) => (list.some((o) => o[key] === x[key]) ? list.map((o) => (o[key] === x[key] ? x : o)) : [...list, x])

// useWall is what goes on, kept up to date by the desk's socket.
export function useWall(): Walled {
  const [state, setState] = useState<Walled>({ link: 'connecting', people: [], queues: [] })
  useEffect(
    () =>
      follow(
        (e) => {
          switch (e.type) {
            case 'wall.updated':
              return setState((s) => ({ ...s, view: merge(s.view, e.data as WallView) }))
            case 'desk.snapshot': {
              const x = e.data as Snapshot
              return setState((s) => ({ ...s, people: x.agents, queues: x.queues }))
            }
            case 'presence.updated':
              return setState((s) => ({ ...s, people: put(s.people, 'id', e.data as Person) }))
            case 'queue.updated':
              return setState((s) => ({ ...s, queues: put(s.queues, 'name', e.data as Queue) }))
          }
        },
        (link) => setState((s) => ({ ...s, link })),
        '&wall=true',
      ),
    [],
  )
  return state
}
