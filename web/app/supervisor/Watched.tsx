import { ActionIcon, Button, Menu, Textarea } from '@mantine/core'
import { IconArrowLeft, IconDots, IconEar, IconHeadphones, IconLock, IconMicrophone, IconMicrophoneOff, IconSpeakerphone, IconWaveSine, IconX } from '@tabler/icons-react'
import { useState } from 'react'
import { desk, type Queue } from '../core/desk'
import type { Ear, EarState, Mode } from '../core/ear'
import { playerWords } from '../core/playerwords'
import type { Live } from '../core/wall'
import { Timeline } from '../desk/Timeline'
import { useConversation } from '../desk/useConversation'
import { nameOf, useWallHere } from './context'
import { grade } from './Rows'

interface Props { id: string; row?: Live; ear?: Ear; audio: EarState; queues: Queue[]; close: () => void; listen: () => void }

// Watched is one conversation: what is said, what is heard, and what can be done about it.
export function Watched({ id, row, ear, audio, queues, close, listen }: Props) {
  const { t, people, me, locale } = useWallHere()
  const open = useConversation(id, `${row?.holder}${row?.agent}${row?.waits_since}${!row}`)
  const name = row?.name || open.row?.customer.name || t.visitor
  const over = !row && open.row?.state === 'closed'
  const others = (row?.listeners ?? []).filter((l) => l.user !== me.id)
  const here = !!row?.call && audio.call === row.call
  return (
    <section className="watched" aria-label={`${t.watch}: ${name}`}>
      <header className="convhead">
        <ActionIcon variant="subtle" color="gray" aria-label={t.back2} onClick={close}>
          <IconArrowLeft size={18} />
        </ActionIcon>
        {row && (
          <span className={`risk ${grade(row.risk)}`}>
            <span className="sr">{t.risk} </span>
            {row.risk}
          </span>
        )}
        <div className="grow">
          <h1 className="clip">{name}</h1>
          <div className="dim small clip">{[row && (row.call ? t.call : t.chat), row?.holder === 'agent' ? nameOf(people, row.agent) : row?.waits_since || row?.holder === 'queue' ? t.queue : row ? t.bot : over ? t.ended : '', ...(row?.reasons.map((r) => t.why[r.why](r.value)) ?? [])].filter(Boolean).join(' · ')}</div>
        </div>
        <ActionIcon component="a" variant="subtle" color="gray" href={`/supervisor/conversation?id=${encodeURIComponent(id)}`} target="_blank" aria-label={playerWords[locale].link} title={playerWords[locale].link}>
          <IconWaveSine size={18} />
        </ActionIcon>
        {!over && <Change id={id} row={row} mine={row?.holder === 'agent' && row.agent === me.id} queues={queues} ear={ear} here={here} closed={close} />}
      </header>
      {others.length > 0 && (
        <div className="alsohere small">
          <IconEar size={15} aria-hidden />
          {t.alsoHere(others.map((l) => `${nameOf(people, l.user)} (${t.inMode[l.mode]})`).join(', '))}
        </div>
      )}
      {row?.call && <Listening row={row} ear={ear} audio={audio} here={here} listen={listen} />}
      <Timeline told={open.timeline} name={name} />
      {!over && <Note id={id} />}
    </section>
  )
}

const icons = { listen: IconHeadphones, whisper: IconEar, talk: IconSpeakerphone }

// Listening is the supervisor's part in a call, and says in red who hears it.
function Listening({ row, ear, audio, here, listen }: { row: Live; ear?: Ear; audio: EarState; here: boolean; listen: () => void }) {
  const { t, run, people } = useWallHere()
  if (!here) {
    return (
      <div className="earbar">
        <Button leftSection={<IconHeadphones size={16} aria-hidden />} size="compact-sm" loading={audio.busy} disabled={audio.line !== 'ready'} onClick={listen}>
          {t.listen}
        </Button>
        <span className="dim small">{t.line[audio.line]}</span>
      </div>
    )
  }
  const agent = row.holder === 'agent'
  const open = audio.mode === 'talk' || (audio.mode === 'whisper' && agent)
  const words = audio.mode === 'listen' ? t.listening : audio.muted ? t.talkingMuted : audio.mode === 'talk' ? t.talking : agent ? t.whispering(nameOf(people, row.agent) || t.theAgent) : t.whisperNobody
  const speak = (m: Mode) =>
    run(async () => {
      try {
        await ear?.speak(m)
      } catch (err) {
        if (err instanceof DOMException) throw new Error(t.noMic)
        throw err
      }
    })
  return (
    <div className={open && !audio.muted ? 'earbar heard' : 'earbar'} data-mode={audio.mode} data-heard={audio.heard}>
      <div className="earsays" role="status">
        {open && !audio.muted ? <IconMicrophone size={18} aria-hidden /> : <IconHeadphones size={18} aria-hidden />}
        <strong>{words}</strong>
        {audio.mode === 'listen' && audio.heard !== undefined && <span className="dim small nowrap">{t.heard(audio.heard)}</span>}
      </div>
      <div className="modes" role="group" aria-label={t.listen}>
        {(['listen', 'whisper', 'talk'] as Mode[]).map((m) => {
          const Icon = icons[m]
          return (
            <button key={m} type="button" className={`mode ${m}`} aria-pressed={audio.mode === m} disabled={audio.busy} onClick={() => audio.mode !== m && speak(m)}>
              <Icon size={16} aria-hidden />
              {t.modes[m]}
            </button>
          )
        })}
        {audio.mode !== 'listen' && (
          <button type="button" className="mode" aria-pressed={audio.muted} onClick={() => run(async () => ear?.mute(!audio.muted))}>
            {audio.muted ? <IconMicrophoneOff size={16} aria-hidden /> : <IconMicrophone size={16} aria-hidden />}
            {audio.muted ? t.unmute : t.mute}
          </button>
        )}
        <button type="button" className="mode" onClick={() => run(async () => ear?.leave())}>
          <IconX size={16} aria-hidden />
          {t.stop}
        </button>
      </div>
    </div>
  )
}

// Change gives the conversation to somebody else, or ends it.
function Change({ id, row, mine, queues, ear, here, closed }: { id: string; row?: Live; mine: boolean; queues: Queue[]; ear?: Ear; here: boolean; closed: () => void }) {
  const { t, run } = useWallHere()
  const [sure, setSure] = useState(false)
  const take = async () => {
    await desk.takeOver(id)
    if (here) await ear?.speak('talk') // who has a call is heard in it
  }
  return (
    <>
      {!mine && (
        <Button size="compact-sm" variant="light" onClick={() => run(take, t.took)}>
          {t.takeOver}
        </Button>
      )}
      <Menu position="bottom-end" onClose={() => setSure(false)} closeOnItemClick={false}>
        <Menu.Target>
          <ActionIcon variant="default" size={30} aria-label={t.actions}>
            <IconDots size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {row?.holder !== 'bot' && <Menu.Item onClick={() => run(() => desk.giveBack(id), t.backDone)}>{t.back}</Menu.Item>}
          <Menu.Label>{t.toQueue}</Menu.Label>
          {queues.map((q) => (
            <Menu.Item key={q.name} onClick={() => run(() => desk.handOn(id, { queue: q.name }, ''), t.queued)}>
              {q.name}
            </Menu.Item>
          ))}
          <Menu.Divider />
          {mine && (
            <Menu.Item component="a" href="/desk" target="_blank">
              {t.openDesk}
            </Menu.Item>
          )}
          <Menu.Item
            color="red"
            onClick={() => {
              if (!sure) return setSure(true)
              run(async () => {
                await desk.close(id, 'supervisor', '')
                closed()
              }, t.closed)
            }}
          >
            {sure ? `${t.closeTitle} ${t.closeMore}` : t.close}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  )
}

// Note writes to colleagues; no customer sees it.
function Note({ id }: { id: string }) {
  const { t, run } = useWallHere()
  const [text, setText] = useState('')
  const send = () => {
    if (!text.trim()) return
    run(async () => {
      await desk.say(id, text, true, crypto.randomUUID())
      setText('')
    })
  }
  return (
    <form
      className="reply asnote"
      onSubmit={(e) => {
        e.preventDefault()
        send()
      }}
    >
      <div className="replybox">
        <Textarea
          className="grow" aria-label={t.note} placeholder={t.note} autosize minRows={1} maxRows={4} maxLength={8000} value={text} leftSection={<IconLock size={14} aria-hidden />} onChange={(e) => setText(e.currentTarget.value)}
          onKeyDown={(e) => {
            if (e.key === 'Enter' && !e.shiftKey && !e.nativeEvent.isComposing) {
              e.preventDefault()
              send()
            }
          }}
        />
        <Button type="submit" variant="default" disabled={!text.trim()}>
          {t.send}
        </Button>
      </div>
    </form>
  )
}
