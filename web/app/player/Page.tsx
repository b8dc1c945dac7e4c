import { Loader } from '@mantine/core'
import { IconAlertTriangle, IconArrowLeft, IconMicrophoneOff } from '@tabler/icons-react'
import { useCallback, useEffect, useMemo, useState, type ReactNode } from 'react'
import type { User } from '../core/admin'
import { desk, type CallRow, type Row } from '../core/desk'
import { deskWords } from '../core/deskwords'
import { watch, type Event } from '../core/events'
import type { Locale } from '../core/locale'
import { playerWords } from '../core/playerwords'
import { tracks, type Track } from '../core/recorded'
import { nothing, take, type Timeline as Told } from '../core/timeline'
import { whyNot } from '../core/trouble'
import { clock, DeskContext } from '../desk/context'
import { Timeline } from '../desk/Timeline'
import { Player, type Choice } from './Player'
import './player.css'

// Page looks back at a conversation: its calls are played, and all that happened is beside.
export function Page({ locale, me, brand, tools }: { locale: Locale; me: User; brand: ReactNode; tools: ReactNode }) {
  const t = playerWords[locale]
  const id = new URLSearchParams(location.search).get('id') ?? ''
  const [about, setAbout] = useState<{ row?: Row; calls: CallRow[]; error?: unknown }>()
  const { told, events } = useAll(id, about?.row !== undefined)
  const [open, setOpen] = useState('')
  const [chosen, setChosen] = useState<Choice>()
  useEffect(() => {
    if (!id) return
    Promise.all([desk.row(id), desk.calls(id)]).then(([row, calls]) => setAbout({ row, calls }), (error: unknown) => setAbout({ calls: [], error }))
  }, [id])
  const all = useMemo(() => tracks(events), [events])
  const recorded = all.filter((x) => about?.calls.some((c) => c.id === x.call && c.recorded))
  const track = recorded.find((x) => x.call === open) ?? recorded[0]
  const name = about?.row?.customer.name || t.visitor
  useEffect(() => {
    document.title = `${name} · ${t.title}`
  }, [name, t])
  const choose = useCallback(
    (line: { key: string; span?: { call: string } }) => {
      if (line.span) setOpen(line.span.call)
      setChosen((c) => ({ key: line.key, n: (c?.n ?? 0) + 1 }))
    },
    [],
  )
  const atDesk = useMemo(() => ({ t: deskWords[locale], locale, me, tell: () => undefined, now: Date.now() }), [locale, me])
  const problem = !id ? t.missing : about?.error !== undefined ? `${t.failed}: ${whyNot(about.error, deskWords[locale])}` : ''
  return (
    <DeskContext value={atDesk}>
      <div className="page desk lookback">
        <header className="bar">
          {brand}
          <div className="brand">{tools}</div>
        </header>
        {problem ? (
          <main className="signin">
            <div className="notice" role="alert">
              <IconAlertTriangle size={18} aria-hidden />
              {problem}
            </div>
          </main>
        ) : !about ? (
          <main className="signin">
            <Loader size="sm" aria-label={t.loading} />
          </main>
        ) : (
          <main className={track ? 'past' : 'past written'}>
            <header className="pasthead">
              {me.role !== 'agent' && (
                <a className="backlink" href="/supervisor" aria-label={t.back} title={t.back}>
                  <IconArrowLeft size={18} aria-hidden />
                </a>
              )}
              <div className="grow">
                <h1 className="clip">{name}</h1>
                <div className="dim small clip">{about.row && clock(about.row.created_at, locale)}</div>
              </div>
              {recorded.length > 1 && <Calls recorded={recorded} open={track?.call ?? ''} setOpen={setOpen} locale={locale} />}
            </header>
            {track ? (
              <Player key={track.call} t={t} track={track} name={name} running={about.calls.some((c) => c.id === track.call && !c.ended)} chosen={chosen} />
            ) : (
              <p className="unrecorded dim">
                <IconMicrophoneOff size={16} aria-hidden />
                {t.none}. {t.noneMore}
              </p>
            )}
            <section className="pastall" aria-label={t.timeline}>
              <h2>{t.timeline}</h2>
              <Timeline told={told} name={name} play={track && choose} />
            </section>
          </main>
        )}
      </div>
    </DeskContext>
  )
}

function Calls({ recorded, open, setOpen, locale }: { recorded: Track[]; open: string; setOpen: (call: string) => void; locale: Locale }) {
  const t = playerWords[locale]
  return (
    <div className="filters" role="group" aria-label={t.calls}>
      {recorded.map((x, i) => (
        <button key={x.call} type="button" className="filter" aria-pressed={x.call === open} onClick={() => setOpen(x.call)}>
          {t.call(i + 1, clock(x.began, locale))}
        </button>
      ))}
    </div>
  )
}

const gather = 50 // ms for which events are gathered: a long history comes in one rush

// useAll follows a conversation: its events that are kept, and its timeline.
function useAll(id: string, may: boolean): { told: Told; events: Event[] } {
  const [state, setState] = useState<{ told: Told; events: Event[] }>({ told: nothing, events: [] })
  useEffect(() => {
    setState({ told: nothing, events: [] })
    if (!id || !may) return
    let come: Event[] = []
    let timer: ReturnType<typeof setTimeout> | undefined
    const put = () => {
      timer = undefined
      const news = come
      come = []
      setState((s) => ({ told: news.reduce(take, s.told), events: [...s.events, ...news.filter((e) => e.seq !== undefined)] }))
    }
    const stop = watch(
      { id, token: '', ice_servers: [] },
      (e) => {
        come.push(e)
        timer ??= setTimeout(put, gather)
      },
      () => undefined,
    )
    return () => {
      stop()
      clearTimeout(timer)
    }
  }, [id, may])
  return state
}
