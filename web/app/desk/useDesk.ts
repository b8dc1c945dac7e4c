import { useCallback, useEffect, useRef, useState } from 'react'
import { desk, follow, type DeskEvent, type DeskLink, type Callback, type Offer, type Person, type Queue, type Row, type Snapshot } from '../core/desk'

export interface Desk {
  link: DeskLink
  me?: Person
  offers: Offer[]
  queues: Queue[]
  agents: Person[]
  mine: Row[]
  waiting: Row[]
  callbacks: Callback[] // customers who are called when it is their turn
  called: Call[] // notes that call one by name
  unread: Record<string, number>
  listened: number // how often who listens has changed
  ready: boolean
  refresh: () => void
  seen: (id: string) => void
  drop: (offer: string) => void
  dropCallback: (id: string) => void
}

// Call is a colleague's note that calls one by name.
export interface Call { conversation: string; by: string; text: string; at: string }

// useDesk is what goes on at the desk, kept up to date by its socket.
export function useDesk(user: string, open: string): Desk {
  const [link, setLink] = useState<DeskLink>('connecting')
  const [snap, setSnap] = useState<Omit<Snapshot, 'me'> & { me?: Person }>({ offers: [], queues: [], agents: [] })
  const [rows, setRows] = useState<{ mine: Row[]; waiting: Row[]; ready: boolean }>({ mine: [], waiting: [], ready: false })
  const [unread, setUnread] = useState<Record<string, number>>({})
  const [called, setCalled] = useState<Call[]>([])
  const [listened, setListened] = useState(0)
  const [callbacks, setCallbacks] = useState<Callback[]>([])
  const opened = useRef(open)
  opened.current = open
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)

  const refresh = useCallback(() => {
    clearTimeout(timer.current)
    timer.current = setTimeout(() => {
      Promise.all([desk.find({ holder: 'agent', state: 'open', mine: 'true', limit: '100' }), desk.find({ holder: 'queue', state: 'open', limit: '100' })]).then(
        ([agent, queue]) => setRows({ mine: agent.filter((r) => [r.agent, r.transfer?.from, r.transfer?.agent].includes(user)), waiting: queue.sort((a, b) => (a.place ?? 99) - (b.place ?? 99) || a.created_at.localeCompare(b.created_at)), ready: true }),
        () => (timer.current = setTimeout(refresh, 3000)),
      )
    }, 120)
  }, [user])
  const seen = useCallback((id: string) => {
    setUnread((u) => (u[id] ? { ...u, [id]: 0 } : u))
    setCalled((l) => {
      if (!l.some((x) => x.conversation === id)) return l
      void desk.seeMentions(id).catch(() => undefined)
      return l.filter((x) => x.conversation !== id)
    })
  }, [])
  const drop = useCallback((offer: string) => setSnap((s) => ({ ...s, offers: s.offers.filter((o) => o.id !== offer) })), [])

  const lookBack = useCallback(() => desk.callbacks().then(setCallbacks, () => undefined), []) // the next look may do better
  const dropCallback = useCallback(
    (id: string) => {
      setCallbacks((l) => l.filter((c) => c.id !== id))
      void desk.dropCallback(id).catch(() => undefined).finally(lookBack)
    },
    [lookBack],
  )
  useEffect(() => {
    void lookBack()
    const every = setInterval(() => void lookBack(), 10_000)
    return () => clearInterval(every)
  }, [lookBack])

  useEffect(() => {
    const put = <T extends object>(list: T[], key: keyof T, x: T) => (list.some((o) => o[key] === x[key]) ? list.map((o) => (o[key] === x[key] ? x : o)) : [...list, x])
    const on = (e: DeskEvent) => {
      switch (e.type) {
        case 'desk.snapshot':
          setSnap(e.data as Snapshot)
          refresh()
          desk.mentions().then(
            (ms) => setCalled((l) => [...new Map(ms.map((m) => [m.conversation, l.find((x) => x.conversation === m.conversation) ?? { conversation: m.conversation, by: '', text: '', at: m.at }])).values()]),
            () => undefined,
          )
          break
        case 'presence.updated': {
          const p = e.data as Person
          setSnap((s) => ({ ...s, agents: put(s.agents, 'id', p), me: p.id === user ? p : s.me }))
          break
        }
        case 'queue.updated':
          setSnap((s) => ({ ...s, queues: put(s.queues, 'name', e.data as Queue) }))
          break
        case 'offer.created':
          setSnap((s) => ({ ...s, offers: put(s.offers, 'id', e.data as Offer) }))
          break
        case 'offer.withdrawn':
          drop((e.data as { id: string }).id)
          refresh()
          break
        case 'call.listened':
          setListened((n) => n + 1)
          break
        case 'mention.created': {
          const m = e.data as { by: string; text: string }
          if (e.conversation === opened.current && !document.hidden) void desk.seeMentions(e.conversation).catch(() => undefined)
          else setCalled((l) => [{ conversation: e.conversation, by: m.by, text: m.text, at: e.at }, ...l.filter((x) => x.conversation !== e.conversation)])
          break
        }
        case 'callback.updated':
          void lookBack()
          break
        case 'transfer.updated':
        case 'conversation.updated':
          refresh()
          break
        case 'message.created': {
          const m = e.data as { from: string; text: string }
          const last = { from: m.from, text: m.text, at: e.at }
          const change = (list: Row[]) => list.map((r) => (r.id === e.conversation ? { ...r, last, updated_at: e.at } : r))
          setRows((r) => ({ ...r, mine: change(r.mine), waiting: change(r.waiting) }))
          if (m.from === 'customer' && (e.conversation !== opened.current || document.hidden)) setUnread((u) => ({ ...u, [e.conversation]: (u[e.conversation] ?? 0) + 1 }))
          break
        }
      }
    }
    const stop = follow(on, setLink)
    return () => {
      stop()
      clearTimeout(timer.current)
    }
  }, [user, refresh, drop, lookBack])

  return { link, ...snap, ...rows, callbacks, dropCallback, called, unread, listened, refresh, seen, drop }
}
