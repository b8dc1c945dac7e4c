import { ActionIcon, Menu, UnstyledButton } from '@mantine/core'
import { IconBell, IconBellOff, IconChevronDown, IconMessageCircle2Filled, IconPlugConnectedX } from '@tabler/icons-react'
import { useCallback, useEffect, useRef, useState } from 'react'
import { capabilities } from '../core/api'
import { callView } from '../core/callbar'
import { desk as api, type Canned, type Offer, type OpenWrapUp, type Row, type Wish } from '../core/desk'
import { whyNot } from '../core/trouble'
import { useDeskHere } from './context'
import { CallBar, heardBy, otherOf, sayOf, type CallActions } from './CallBar'
import { Conversation } from './Conversation'
import { KeysDialog } from './Dialogs'
import { List, who } from './List'
import { Offers } from './Offers'
import type { Put } from './Reply'
import { LookUp } from './LookUp'
import { Need } from './Need'
import { Side } from './Side'
import { Suggest } from './Suggest'
import { useAnnounced } from './useAnnounced'
import { useAudio } from './useAudio'
import { useCall } from './useCall'
import { useConversation } from './useConversation'
import { useDesk } from './useDesk'
import { useListeners } from './useListeners'
import { useKeys } from './useKeys'
import { RepliesDialog } from './RepliesDialog'
import { useRing } from './useRing'
import { useSuggestion } from './useSuggestion'
import { useWrapUps } from './useWrapUps'
import { WrapBar } from './WrapBar'
import { EndDialog } from './EndDialog'

const opened = () => decodeURIComponent(location.hash.replace(/^#\/?/, ''))

interface Props { tools: React.ReactNode; out: () => void; keys: boolean; setKeys: (on: boolean) => void }

// Room is the desk of one who is signed in: the list, the conversation, and what is known.
export function Room({ tools, out, keys, setKeys }: Props) {
  const { t, me, tell } = useDeskHere()
  const [open, setOpen] = useState(opened)
  const [query, setQuery] = useState('')
  const [found, setFound] = useState<Row[]>()
  const [busy, setBusy] = useState('')
  const [note, setNote] = useState(false)
  const [dialog, setDialog] = useState<'close' | 'hand' | 'consult' | ''>('')
  const [aloud, setAloud] = useState(localStorage.getItem('parley.ring') !== 'off')
  const desk = useDesk(me.id, open)
  const listed = [...desk.mine, ...desk.waiting].find((r) => r.id === open)
  const conversation = useConversation(open, `${listed?.holder} ${listed?.agent} ${listed?.transfer?.state} ${desk.offers.length}`)
  const unread = Object.values(desk.unread).reduce((a, b) => a + b, 0)
  useRing(desk.offers, unread, aloud, t.title, desk.offers[0] ? t.offer[desk.offers[0].kind] : t.ringing)
  useEffect(() => {
    if (desk.link === 'out') out()
  }, [desk.link, out])
  useEffect(() => {
    const f = () => setOpen(opened())
    addEventListener('hashchange', f)
    return () => removeEventListener('hashchange', f)
  }, [])
  const { seen } = desk
  const pick = useCallback(
    (id: string) => {
      location.hash = id ? `#/${id}` : '#/'
      setOpen(id)
      setNote(false)
      seen(id)
    },
    [seen],
  )
  useEffect(() => {
    const f = () => !document.hidden && seen(open)
    document.addEventListener('visibilitychange', f)
    return () => document.removeEventListener('visibilitychange', f)
  }, [open, seen])
  useEffect(() => {
    const words = query.trim()
    setFound(undefined)
    if (!words) return
    const timer = setTimeout(() => api.find({ q: words }).then(setFound, () => setFound([])), 250)
    return () => clearTimeout(timer)
  }, [query])

  const trouble = (err: unknown) => tell(whyNot(err, t), true)
  const attempt = (what: Promise<unknown>, done?: string) =>
    what.then(
      () => {
        if (done) tell(done)
        desk.refresh()
      },
      trouble,
    )
  const audio = useAudio(trouble)
  const call = useCall([...desk.mine, ...desk.waiting], me.id, desk.me?.calls ?? 0)
  // What is on hold is a leg of a call: with another of either, nothing is.
  const seat = call && audio.state.leg ? `${call.id}/${audio.state.leg}` : ''
  const [heldSeat, setHeldSeat] = useState('')
  const [moving, setMoving] = useState(false)
  const held = seat !== '' && heldSeat === seat
  const move = (what: Promise<unknown>, done?: string) => {
    setMoving(true)
    void attempt(what, done).then(() => setMoving(false))
  }
  const transfer = call?.row.transfer?.id
  const does: CallActions = {
    mute: () => {
      const muted = !audio.state.muted
      audio.mute(muted) // here, whatever the server says; it shows supervisors
      if (call && audio.state.leg) void api.tune(call.id, audio.state.leg, { muted }).catch(() => undefined)
    },
    hold: () => call && seat && move(api.tune(call.id, audio.state.leg, { hold: !held }).then((l) => setHeldSeat(l.hold ? seat : ''))),
    consult: () => {
      if (!call) return
      pick(call.row.id)
      setDialog('consult')
    },
    join: () => transfer && move(api.join(transfer)),
    complete: () => transfer && move(api.complete(transfer)),
    cancel: () => transfer && move(api.cancel(transfer)),
    giveBack: () => call && move(api.giveBack(call.row.id), t.backDone),
    open: () => call && pick(call.row.id),
    close: () => {
      if (!call) return
      pick(call.row.id)
      setDialog('close')
    },
  }
  const be = (status: Wish) => {
    if (status === 'available' && 'Notification' in window && Notification.permission === 'default') void Notification.requestPermission()
    void attempt(api.be(status))
  }
  const accept = (o: Offer) => {
    setBusy(o.id)
    if (o.kind === 'call') audio.on()
    api.accept(o).then(
      () => {
        desk.drop(o.id)
        desk.refresh()
        setBusy('')
        if (!document.activeElement || !(document.activeElement instanceof HTMLTextAreaElement) || !document.activeElement.value) pick(o.conversation)
      },
      (err: unknown) => {
        setBusy('')
        desk.drop(o.id)
        trouble(err)
      },
    )
  }
  const decline = (o: Offer) => {
    desk.drop(o.id)
    void attempt(api.decline(o))
  }
  const row = conversation.row
  const first = desk.offers[0]
  const listeners = useListeners(call?.id, desk.listened)
  const view = call && callView(call.stage, audio.state.line, held)
  const region = useAnnounced(call && view ? sayOf(t, view, who(call.row, t.visitor), otherOf(call, me.id, desk.agents), Boolean(call.row.transfer?.consult)) : '', first ? t.offer[first.kind] : '', heardBy(t, listeners, desk.agents))
  const mine = row?.holder === 'agent' && row.agent === me.id && row.state !== 'closed'
  const own = row?.transfer?.agent === me.id && row.transfer.state !== 'queued' && row.transfer.state !== 'offering'
  const suggestion = useSuggestion(open, conversation.timeline, mine || own)
  const [wraps, lookWraps] = useWrapUps(`${desk.me?.status} ${desk.mine.map((r) => r.id).join(' ')}`)
  const [wrapping, setWrapping] = useState<OpenWrapUp>()
  const [replies, setReplies] = useState<Canned[]>([])
  const [keeping, setKeeping] = useState(false)
  const [can, setCan] = useState({ company: '', phones: false })
  useEffect(() => void capabilities().then((c) => setCan({ company: c.company ?? '', phones: c.phones ?? false }), () => undefined), [])
  const lookReplies = useCallback(() => void api.replies().then(setReplies, () => undefined), [])
  useEffect(lookReplies, [lookReplies])
  const names = useRef(new Map<string, string>())
  for (const r of [...desk.mine, ...desk.waiting]) names.current.set(r.id, who(r, t.visitor))
  const nameOf = (id: string) => names.current.get(id) ?? `${t.visitor} ${id.slice(-4)}`
  const [put, setPut] = useState<Put>({ n: 0, text: '' })
  const [sending, setSending] = useState(false)
  const use = (text: string) => {
    if (!text) return
    setNote(false)
    setPut((x) => ({ n: x.n + 1, text }))
  }
  const say = (text: string) => {
    setSending(true)
    void attempt(api.say(open, text, false, crypto.randomUUID?.() ?? String(Math.random()))).then(() => setSending(false))
  }
  const step = (by: number) => {
    const all = [...desk.mine, ...desk.waiting]
    const at = all.findIndex((r) => r.id === open)
    const next = all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + by))]
    if (next) pick(next.id)
  }
  const write = (asNote: boolean) => {
    setNote(asNote)
    setTimeout(() => document.getElementById('deskreply')?.focus())
  }
  const giveBack = () => void attempt(api.giveBack(open), t.backDone)
  useKeys({
    a: () => first && accept(first), d: () => first && decline(first), j: () => step(1), k: () => step(-1), e: () => use(suggestion?.text ?? ''), f: () => document.getElementById('desklookup')?.focus(), r: () => open && write(false), n: () => open && write(true),
    w: () => wraps[0] && setWrapping(wraps[0]), p: () => setKeeping(true), b: () => mine && giveBack(), t: () => mine && setDialog('hand'), c: () => mine && setDialog('close'), s: () => be(desk.me?.wish === 'available' ? 'away' : 'available'),
    m: () => call && does.mute(), h: () => view?.may.hold && !moving && does.hold(), i: () => view?.may.join && !moving && does.join(), o: () => view?.may.consult && !moving && does.consult(),
    '/': () => document.getElementById('deskfind')?.focus(), '?': () => setKeys(true),
  })
  return (
    <div className="page desk">
      <header className="bar">
        <div className="brand">
          <IconMessageCircle2Filled size={20} className="mark" aria-hidden />
          <strong>{t.title}</strong>
        </div>
        <div className="brand">
          {desk.me && (
            <Menu position="bottom-end" shadow="md">
              <Menu.Target>
                <UnstyledButton className={`status ${desk.me.status}`} aria-label={`${t.be}: ${t.status[desk.me.status]}`}>
                  <span className="lamp" aria-hidden />
                  <span>{t.status[desk.me.status]}</span>
                  <span className="dim small num">{t.chats(desk.me.chats, desk.me.capacity)}</span>
                  <IconChevronDown size={14} aria-hidden />
                </UnstyledButton>
              </Menu.Target>
              <Menu.Dropdown>
                {(['available', 'away', 'offline'] as const).map((s) => (
                  <Menu.Item key={s} leftSection={<span className={`lamp ${s}`} aria-hidden />} onClick={() => be(s)} aria-current={desk.me?.wish === s || undefined}>
                    {t.status[s]}
                  </Menu.Item>
                ))}
              </Menu.Dropdown>
            </Menu>
          )}
          <ActionIcon
            variant="subtle" color="gray" aria-label={aloud ? t.silent : t.sound} title={aloud ? t.silent : t.sound} aria-pressed={aloud}
            onClick={() => {
              setAloud(!aloud)
              localStorage.setItem('parley.ring', aloud ? 'off' : 'on')
            }}
          >
            {aloud ? <IconBell size={18} /> : <IconBellOff size={18} />}
          </ActionIcon>
          {tools}
        </div>
      </header>
      {desk.link === 'lost' && (
        <div className="lostbar" role="alert">
          <IconPlugConnectedX size={16} aria-hidden />
          {t.lost}
        </div>
      )}
      <CallBar audio={audio} call={call} agents={desk.agents} listeners={listeners} held={held} busy={moving} does={does} />
      <div ref={region} className="sr" role="status" aria-live="polite" />
      <WrapBar list={wraps} name={nameOf} open={setWrapping} />
      <div className="room">
        <List desk={desk} open={open} pick={pick} query={query} setQuery={setQuery} found={found} />
        <Conversation
          at={conversation} mine={mine} calling={call !== undefined && call.row.id === open} note={note} setNote={setNote} put={put} replies={replies} company={can.company} phones={can.phones && call?.row.id === open} warn={() => void attempt(api.warn(open), t.bounds.warned)} release={() => void attempt(api.release(open), t.bounds.released)} agents={desk.agents} giveBack={giveBack} close={() => setDialog('close')} hand={() => setDialog('hand')}
          takeOver={() => void attempt(api.takeOver(open), t.took)} complete={(id) => void attempt(api.complete(id))} cancel={(id) => void attempt(api.cancel(id))} dialog={dialog} setDialog={setDialog} queues={desk.queues}
          done={(text) => {
            setDialog('')
            tell(text)
            desk.refresh()
          }}
        />
        <aside className="side2" aria-label={t.details}>
          <Offers offers={desk.offers} agents={desk.agents} busy={busy} accept={accept} decline={decline} />
          <Side at={conversation} agents={desk.agents}>
            {(mine || own) && <Suggest it={suggestion} sending={sending} use={use} send={say} />}
            {open && <Need id={open} last={conversation.timeline.transcript.lines.at(-1)} put={mine || own ? use : undefined} />}
            {open && <LookUp use={mine || own ? use : undefined} />}
          </Side>
        </aside>
      </div>
      {wrapping && (
        <EndDialog
          id={wrapping.conversation} closing={false} endings={desk.queues.find((q) => q.name === wrapping.queue)?.dispositions ?? []} close={() => setWrapping(undefined)}
          done={() => {
            setWrapping(undefined)
            tell(t.wrap.done)
            lookWraps()
          }}
        />
      )}
      {keeping && <RepliesDialog all={replies} changed={lookReplies} close={() => setKeeping(false)} />}
      {keys && <KeysDialog close={() => setKeys(false)} />}
    </div>
  )
}
