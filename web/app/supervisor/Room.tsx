import { IconAlertTriangle, IconCheck, IconPlugConnectedX } from '@tabler/icons-react'
import { Loader } from '@mantine/core'
import { useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from 'react'
import { ApiError } from '../core/api'
import type { User } from '../core/admin'
import type { Locale } from '../core/locale'
import { deskWords } from '../core/deskwords'
import { whyNot } from '../core/trouble'
import type { WallWords } from '../core/wallwords'
import { DeskContext } from '../desk/context'
import { Alerts } from './Alerts'
import { WallContext } from './context'
import { Figures, type Filter } from './Figures'
import { People } from './People'
import { Practice } from './Practice'
import { Rows } from './Rows'
import { useEar } from './useEar'
import { useWall } from './useWall'
import { Watched } from './Watched'

// Room is the page of a supervisor who is signed in.
export function Room({ t, locale, me, brand, tools, out }: { t: WallWords; locale: Locale; me: User; brand: ReactNode; tools: ReactNode; out: () => void }) {
  const { link, view, people, queues } = useWall()
  const { ear, state: audio } = useEar()
  const [open, setOpen] = useState(() => new URLSearchParams(location.search).get('conversation') ?? '')
  const [filter, setFilter] = useState<Filter>('all')
  const [now, setNow] = useState(Date.now())
  const [told, setTold] = useState({ text: '', bad: false })
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => {
    const tick = setInterval(() => setNow(Date.now()), 1000)
    return () => clearInterval(tick)
  }, [])
  useEffect(() => {
    if (link === 'out') out()
  }, [link, out])
  const tell = useCallback((text: string, bad = false) => {
    clearTimeout(timer.current)
    setTold({ text, bad })
    timer.current = setTimeout(() => setTold((x) => ({ ...x, text: '' })), 6000)
  }, [])
  const run = useCallback(
    (what: () => Promise<unknown>, done = '') => {
      what().then(
        () => done && tell(done),
        (err: unknown) => {
          if (err instanceof ApiError && err.problem.status === 401) return out()
          tell(err instanceof ApiError ? whyNot(err, deskWords[locale]) : err instanceof TypeError ? t.lost : err instanceof Error ? err.message : t.failed, true)
        },
      )
    },
    [tell, out, t, locale],
  )
  const row = view?.rows.find((r) => r.id === open)
  const heard = view?.rows.find((r) => r.call && r.call === audio.call)
  useEffect(() => {
    if (view && audio.call && !heard && !audio.busy) ear?.left() // the call is over
  }, [view, audio, heard, ear])
  const listen = (id: string) => {
    const call = view?.rows.find((r) => r.id === id)?.call
    if (call) run(async () => ear?.listen(call))
  }
  const loud = (view?.alerts ?? []).filter((a) => !a.snooze).length
  useEffect(() => {
    document.title = loud ? `(${loud}) ${t.title}` : t.title
  }, [loud, t])
  const here = useMemo(() => ({ t, locale, me, people, run, now }), [t, locale, me, people, run, now])
  const atDesk = useMemo(() => ({ t: deskWords[locale], locale, me, tell, now }), [locale, me, tell, now])
  return (
    <WallContext value={here}>
      <DeskContext value={atDesk}>
        <div className="page desk wallpage">
          <header className="bar">
            {brand}
            <div className="brand">
              <Practice begun={setOpen} />
              {tools}
            </div>
          </header>
          {link === 'lost' && (
            <div className="lostbar" role="alert">
              <IconPlugConnectedX size={16} aria-hidden />
              {t.lost}
            </div>
          )}
          {!view ? (
            <main className="signin">
              <Loader size="sm" aria-label={t.loading} />
            </main>
          ) : (
            <main className={open ? 'wall watching' : 'wall'}>
              <div className="walltop">
                <Figures view={view} pick={setFilter} />
                <Alerts alerts={view.alerts} />
              </div>
              <Rows
                rows={view.rows} filter={filter} setFilter={setFilter} open={open} heard={audio.call}
                pick={(id, hear) => {
                  setOpen(id)
                  if (hear) listen(id)
                }}
              />
              <div className="wallside">
                {open ? (
                  <Watched
                    key={open} id={open} row={row} ear={ear} audio={audio} queues={queues} listen={() => listen(open)}
                    close={() => {
                      if (row?.call && row.call === audio.call) run(async () => ear?.leave())
                      setOpen('')
                    }}
                  />
                ) : (
                  <People view={view} />
                )}
              </div>
            </main>
          )}
        </div>
        <div role="status" aria-live="polite" className={told.text ? 'toast shown' : 'toast'}>
          {told.text && (told.bad ? <IconAlertTriangle size={16} aria-hidden /> : <IconCheck size={16} aria-hidden />)}
          {told.text}
        </div>
      </DeskContext>
    </WallContext>
  )
}
