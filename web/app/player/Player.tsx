import { ActionIcon, Button, Loader, NativeSelect, TextInput } from '@mantine/core'
import { IconAlertTriangle, IconChevronDown, IconChevronUp, IconPlayerPauseFilled, IconPlayerPlayFilled, IconRewindBackward5, IconRewindForward5, IconSearch } from '@tabler/icons-react'
import { useCallback, useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react'
import { spanOf } from '../core/playback'
import type { PlayerWords } from '../core/playerwords'
import { found, playing, type Entry, type Mark, type Track } from '../core/recorded'
import { since } from '../desk/context'
import { useRecording } from './useRecording'
import { useSound } from './useSound'
import { Wave } from './Wave'
import { markIcon, markWords, Words } from './Words'

const speeds = [0.75, 1, 1.25, 1.5, 1.75, 2]
const before = 2000 // ms before a mark from which it is played: what led to it

// Choice is a sentence that was chosen outside of the player; n makes the same one new.
export interface Choice { key: string; n: number }

interface Props { t: PlayerWords; track: Track; name: string; running: boolean; chosen?: Choice }

// Player plays one call: its wave form, its words, and what happened in it.
export function Player({ t, track, name, running, chosen }: Props) {
  const [turn, setTurn] = useState(0)
  const recording = useRecording(track.call, turn)
  const { seconds } = recording
  const { audio, at, on, rate, broken, go, toggle, setRate } = useSound(seconds)
  const [search, setSearch] = useState('')
  const [hit, setHit] = useState(0)
  const [held, setHeld] = useState(0)
  const field = useRef<HTMLInputElement>(null)
  const { entries } = track
  const hits = useMemo(() => found(entries, search), [entries, search])
  const ready = recording.url !== '' && !broken
  const move = useCallback(
    (ms: number, play: boolean) => {
      go(ms, play)
      setHeld((n) => n + 1)
    },
    [go],
  )
  const play = useCallback((e: Entry) => ready && move(startOf(e, track.call), true), [ready, move, track.call])
  useEffect(() => {
    const e = chosen && entries.find((x) => x.key === chosen.key)
    if (e) play(e)
  }, [chosen, ready])
  const now = playing(entries, at + 150) // a sentence is played from a little before it
  const key = (e: KeyboardEvent) => {
    const on = e.target as HTMLElement
    if (e.altKey || e.ctrlKey || e.metaKey || on.closest('input, select')) return
    if (e.key === '/') field.current?.focus()
    else if (!ready) return
    else if (e.key === ' ' && !on.closest('button')) toggle()
    else if (e.key === 'ArrowLeft') move(at - 5000, false)
    else if (e.key === 'ArrowRight') move(at + 5000, false)
    else return
    e.preventDefault()
  }
  const step = (by: number) => hits.length > 0 && setHit((h) => (h + by + hits.length) % hits.length)
  const measured = recording.peaks ? Math.round((100 * recording.peaks.done) / Math.max(1, recording.peaks.left.length)) : 0
  const trouble = broken ? 'broken' : recording.trouble
  return (
    <section className="player" aria-label={t.player} data-ready={ready} data-measured={measured} onKeyDown={key}>
      <audio ref={audio} src={recording.url || undefined} preload="auto" />
      {trouble ? (
        <div className="notice" role="alert">
          <IconAlertTriangle size={18} aria-hidden />
          <span className="grow">{{ none: t.noRecording, broken: t.cannotPlay, lost: t.failed }[trouble]}</span>
          {trouble === 'lost' && (
            <Button size="compact-sm" variant="default" onClick={() => setTurn((n) => n + 1)}>
              {t.again}
            </Button>
          )}
        </div>
      ) : (
        <>
          <Marks t={t} entries={entries} seconds={seconds} play={play} />
          <Wave t={t} peaks={recording.peaks} seconds={seconds} at={at} go={move} />
        </>
      )}
      <div className="controls" title={t.keys}>
        <ActionIcon size={36} radius="xl" variant="filled" disabled={!ready} aria-label={on ? t.pause : t.play} onClick={toggle}>
          {on ? <IconPlayerPauseFilled size={18} /> : <IconPlayerPlayFilled size={18} />}
        </ActionIcon>
        <ActionIcon size={32} variant="subtle" color="gray" disabled={!ready} aria-label={t.back5} title={t.back5} onClick={() => move(at - 5000, false)}>
          <IconRewindBackward5 size={20} />
        </ActionIcon>
        <ActionIcon size={32} variant="subtle" color="gray" disabled={!ready} aria-label={t.on5} title={t.on5} onClick={() => move(at + 5000, false)}>
          <IconRewindForward5 size={20} />
        </ActionIcon>
        <span className="clock" data-at={Math.round(at)}>
          {since(at)} <span className="dim">/ {since(seconds * 1000)}</span>
        </span>
        <NativeSelect size="xs" className="speed" aria-label={t.speed} value={String(rate)} onChange={(e) => setRate(Number(e.currentTarget.value))} data={speeds.map((s) => ({ value: String(s), label: `${s}×` }))} />
        <span className="dim small fetching" role="status">
          {!trouble && !ready ? (
            <>
              <Loader size={12} aria-hidden /> {t.fetching}
            </>
          ) : ready && measured < 100 && seconds > 0 ? (
            t.drawing(measured)
          ) : running ? (
            t.running
          ) : (
            ''
          )}
        </span>
        <div className="search">
          <TextInput
            ref={field} size="xs" type="search" aria-label={t.search} placeholder={t.search} leftSection={<IconSearch size={14} aria-hidden />} value={search}
            onChange={(e) => {
              setSearch(e.currentTarget.value)
              setHit(0)
            }}
            onKeyDown={(e) => {
              if (e.key === 'Enter') step(e.shiftKey ? -1 : 1)
              if (e.key === 'Escape') setSearch('')
            }}
          />
          {search.trim() && (
            <>
              <span className="dim small nowrap" role="status">
                {t.hits(Math.min(hit + 1, hits.length), hits.length)}
              </span>
              <ActionIcon size={26} variant="subtle" color="gray" disabled={hits.length === 0} aria-label={t.former} onClick={() => step(-1)}>
                <IconChevronUp size={16} />
              </ActionIcon>
              <ActionIcon size={26} variant="subtle" color="gray" disabled={hits.length === 0} aria-label={t.next} onClick={() => step(1)}>
                <IconChevronDown size={16} />
              </ActionIcon>
            </>
          )}
        </div>
      </div>
      <Words t={t} entries={entries} name={name} now={now} hit={hits[hit] ?? ''} search={search} play={play} held={held} />
    </section>
  )
}

// startOf is where an entry is played from, ms.
function startOf(e: Entry, call: string): number {
  return e.kind === 'said' ? (spanOf({ via: 'voice', span: { call, from: e.from, to: e.to } })?.from ?? e.from) : Math.max(0, e.from - before)
}

// Marks are what happened in the call, above the wave where it was.
function Marks({ t, entries, seconds, play }: { t: PlayerWords; entries: Entry[]; seconds: number; play: (e: Entry) => void }) {
  const marks = entries.filter((e): e is Mark => e.kind !== 'said' && e.from <= seconds * 1000)
  return (
    <div className="markstrip" role="group" aria-label={t.marks}>
      {marks.map((m) => {
        const Icon = markIcon(m)
        const words = `${markWords(m, t)}, ${since(m.from)}`
        return (
          <button key={m.key} type="button" className={`markpin ${m.kind}`} style={{ insetInlineStart: `${(m.from / (seconds * 1000)) * 100}%` }} title={words} aria-label={words} onClick={() => play(m)}>
            <Icon size={13} aria-hidden />
          </button>
        )
      })}
    </div>
  )
}
