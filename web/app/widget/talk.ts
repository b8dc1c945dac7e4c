import { askForPerson, capabilities, leaveContact, pageEvents, pass, picture, rate, type Capabilities, whenBack, type Identity } from '../core/api'
import { Call, type CallState } from '../core/call'
import type { Locale } from '../core/locale'
import { watch, type Event, type Link } from '../core/events'
import { failureOf, isOver, isRefused } from '../core/failure'
import { listening, meter } from '../core/level'
import { Outbox, type Outgoing } from '../core/outbox'
import type { Grade } from '../core/quality'
import { sender } from '../core/send'
import { add, empty, type Transcript } from '../core/transcript'
import { Keeper, opener, type Kept } from './keeper'
import type { Left } from './contact'
import { alone, follow, type Mark, type Standing } from './standing'
import { Trail } from './trail'

// View is all that the panel shows of a conversation.
export interface View {
  transcript: Transcript
  marks: Mark[]
  waiting: readonly Outgoing[]
  standing: Standing
  link: Link | 'none'
  writing: boolean // the other side is
  readKey: string // the customer's last message, once a person has seen it
  unread: number
  call: CallState
  muted: boolean
  silent: boolean // the call has no microphone
  silenced: boolean // the browser keeps the sound off
  grade?: Grade
  rating: 'none' | 'asked' | 'thanks'
  contact?: string // nobody is there, and a message can be left: when they are back, in words
  guest: boolean // the signature was refused
  problem?: 'notAsked' | 'tooFast' | 'notSaved'
  can?: Capabilities
}

const fresh: View = {
  transcript: empty, marks: [], waiting: [], standing: alone, link: 'none', writing: false, readKey: '', unread: 0,
  call: { kind: 'idle' }, muted: false, silent: false, silenced: false, rating: 'none', guest: false,
}

export interface TalkOptions {
  base: string
  site: string
  customer?: Identity
  locale: () => Locale
  seen: () => boolean // the customer looks at the conversation
  changed: (v: View, e?: Event) => void
  levels: (mic: number, bot: number) => void
}

const typingFor = 6000 // ms that somebody counts as writing after the last word of it
const thinkingFor = 30_000 // the same of the bot, which never says that it thinks
const typingEvery = 3000
const trailTime = 400
const worthRating = 10_000 // ms of a call

// Talk is one customer's conversation with one site, without any page: what is said, sent,
// called and rated. It begins with the first message or call, and goes on where it was left.
export class Talk {
  view: View = fresh
  call?: Call
  readonly trail: Trail
  private readonly keeper: Keeper
  private readonly outbox: Outbox
  private readonly tokens = new Map<string, string>() // of every conversation that this page has had
  private watched?: { id: string; stop: () => void }
  private writes?: ReturnType<typeof setTimeout>
  private typed = 0
  private attempt = 0 // hanging up ends one that has no call yet
  private mine = { key: '', seq: 0 } // the customer's last message
  private readBy = 0 // the last event that a person on the other side has seen
  private last = 0 // the last event that is worth reading
  private news: number[] = [] // events that are not read
  private meters: (() => void)[] = []
  private reading?: ReturnType<typeof setTimeout>
  private over = false

  constructor(private readonly o: TalkOptions) {
    const name = `parley:${o.site}:${o.customer?.id ?? ''}`
    const refused = () => this.set({ guest: true })
    this.keeper = new Keeper(name, opener(o.locale, { base: o.base, site: o.site || undefined, customer: o.customer, resume: o.customer?.id ? true : undefined }, refused, (e) => isRefused(e) || isOver(e)), store('localStorage'))
    this.outbox = new Outbox({ name: `${name}:out`, kept: store('sessionStorage'), send: this.post, changed: (waiting) => this.set({ waiting: [...waiting] }) })
    this.trail = new Trail({
      name: `${name}:trail`, kept: store('sessionStorage'),
      give: (events) => {
        const k = this.session()
        return k && pageEvents(k, events)
      },
    })
    addEventListener('storage', this.elsewhere)
    addEventListener('pagehide', this.leave)
    document.addEventListener('visibilitychange', this.look)
    const k = this.keeper.now()
    if (k) this.follow(k)
    void capabilities(o.base).then((can) => this.set({ can }), () => undefined)
  }

  // end lets go of all; the conversation itself goes on.
  end(): void {
    this.over = true
    this.leave()
    this.outbox.close()
    this.trail.close()
    this.watched?.stop()
    clearTimeout(this.writes)
    clearTimeout(this.reading)
    this.hush()
    removeEventListener('storage', this.elsewhere)
    removeEventListener('pagehide', this.leave)
    document.removeEventListener('visibilitychange', this.look)
  }

  private set(p: Partial<View>, e?: Event): void {
    this.view = { ...this.view, ...p }
    if (!this.over) this.o.changed(this.view, e)
  }

  // elsewhere: another tab has begun the conversation, or the next one.
  private readonly elsewhere = (e: StorageEvent): void => {
    if (e.key !== this.keeper.name) return
    const k = this.keeper.now()
    if (!k) return
    if (k.id !== this.watched?.id) this.follow(k)
    else if (k.read >= this.last && this.news.length > 0) this.readAll(false)
  }

  private readonly leave = (): void => this.call?.hangUp()

  private follow(k: Kept): void {
    if (this.watched?.id === k.id || this.over) return
    this.watched?.stop()
    this.tokens.set(k.id, k.token)
    this.last = this.readBy = 0
    this.mine = { key: '', seq: 0 }
    this.news = []
    this.set({ standing: alone, unread: 0, readKey: '', rating: 'none', contact: undefined })
    const s = { ...k, base: this.o.base }
    const stop = watch(s, (e) => this.take(k, e), (link) => this.linked(k, link))
    this.watched = { id: k.id, stop }
  }

  private linked(k: Kept, link: Link): void {
    // A conversation that is no more is left quietly: the next message begins another.
    if (link === 'over') this.keeper.leave(k.id)
    this.set({ link: link === 'over' ? 'none' : link })
  }

  private take(k: Kept, e: Event): void {
    this.outbox.see(e)
    const { standing, mark } = follow(this.view.standing, e)
    const p: Partial<View> = { transcript: add(this.view.transcript, e), standing }
    const lines = this.view.transcript.lines
    if (mark && e.seq !== undefined) {
      const after = lines.at(-1)?.key ?? ''
      p.marks = [...this.view.marks, { key: `${k.id}.${e.seq}`, after, kind: mark, name: standing.agent, at: e.at }].slice(-100)
    }
    if (e.type === 'message.created' && e.data.from === 'customer') this.think()
    if (e.type === 'message.created' && e.data.from !== 'customer') this.heard(k, e.seq)
    if (e.type === 'message.delta') this.rests()
    if (e.type === 'typing' && e.data.from === 'agent') this.writing(typingFor)
    if (e.type === 'read' && e.data.from === 'agent') this.readBy = Math.max(this.readBy, e.data.seq ?? 0)
    if (e.type === 'message.created' && e.data.from === 'customer') this.mine = { key: e.data.id, seq: e.seq }
    p.readKey = this.readBy >= this.mine.seq ? this.mine.key : ''
    if (e.type === 'call.ended') {
      const call = this.view.call
      this.call?.ended()
      if (call.kind === 'live' && Date.now() - call.since > worthRating) this.askRating()
    }
    if (mark === 'closed' && lines.some((l) => l.from !== 'customer')) {
      this.keeper.leave(k.id)
      this.askRating(k)
    }
    this.set(p, e)
  }

  // What is said to the customer.

  private think(): void {
    if (this.view.standing.holder === 'bot' && this.view.call.kind !== 'live') this.writing(thinkingFor)
  }

  private writing(ms: number): void {
    clearTimeout(this.writes)
    this.writes = setTimeout(() => this.rests(), ms)
    if (!this.view.writing) this.set({ writing: true })
  }

  private rests(): void {
    clearTimeout(this.writes)
    if (this.view.writing) this.set({ writing: false })
  }

  private heard(k: Kept, seq: number): void {
    this.rests()
    this.last = seq
    if (seq <= (this.keeper.now()?.read ?? k.read)) return
    this.news.push(seq)
    this.set({ unread: this.news.length })
    this.look()
  }

  // look notes what is read when the customer looks at the conversation.
  readonly look = (): void => {
    if (this.news.length > 0 && document.visibilityState === 'visible' && this.o.seen()) this.readAll(true)
  }

  private readAll(tell: boolean): void {
    this.news = []
    this.set({ unread: 0 })
    if (!tell || !this.watched) return
    this.keeper.change(this.watched.id, { read: this.last })
    clearTimeout(this.reading)
    this.reading = setTimeout(() => this.tell('read', this.last), 500)
  }

  private tell(what: 'typing' | 'read', seq?: number): void {
    const k = this.keeper.now()
    if (k) void pass({ ...k, base: this.o.base }, what, seq).catch(() => undefined) // the next one tells it
  }

  // What the customer says.

  // inOne does something in the conversation; one that is over, or that the server no longer
  // knows, is begun anew.
  private async inOne<T>(what: (k: Kept) => Promise<T>): Promise<T> {
    const k = await this.begin()
    try {
      return await what(k)
    } catch (err) {
      if (!isOver(err)) throw err
      this.keeper.leave(k.id)
      return what(await this.begin())
    }
  }

  private async begin(): Promise<Kept> {
    const k = { ...(await this.keeper.get()), base: this.o.base }
    this.follow(k)
    // What is said may be about it; it waits for that no longer than nobody notices.
    await Promise.race([this.trail.give(), new Promise((r) => setTimeout(r, trailTime))])
    return k
  }

  private readonly post = (o: Outgoing, progress: (share: number) => void) => this.inOne((k) => sender(k, this.o.locale)(o, progress))

  // say sends words and pictures; false: too many wait already.
  say(text: string, files: File[]): boolean {
    const took = this.outbox.post(text, files) !== undefined
    this.set({ problem: took ? undefined : 'tooFast' })
    return took
  }

  again(key: string): void {
    this.outbox.again(key)
  }

  drop(key: string): void {
    this.outbox.drop(key)
  }

  types(): void {
    const now = Date.now()
    if (now - this.typed < typingEvery || !this.watched) return
    this.typed = now
    this.tell('typing')
  }

  askPerson(): void {
    this.set({ problem: undefined })
    this.inOne(async (k) => {
      const { state, reason } = await askForPerson(k)
      if (state !== 'failed' || reason !== 'nobody') return
      const back = await whenBack(k, this.o.locale()).catch(() => '')
      if (this.watched?.id === k.id) this.set({ contact: back })
    }).catch(() => this.failed('notAsked'))
  }

  // leave keeps a message for people who are not there. The same one again is one.
  async leaveWord(left: Left): Promise<void> {
    const k = this.session()
    if (!k) return
    const same = JSON.stringify(left)
    if (this.leaving.of !== same) this.leaving = { of: same, key: crypto.randomUUID?.() ?? String(Math.random()) }
    await leaveContact(k, left, this.leaving.key, this.o.locale())
    this.set({ contact: undefined })
  }

  private leaving = { of: '', key: '' }

  leaveNothing(): void {
    this.set({ contact: undefined })
  }

  failed(problem: View['problem']): void {
    this.set({ problem })
  }

  load(url: string, small: boolean): Promise<Blob> {
    return picture({ token: this.tokens.get(url.split('/')[3] ?? '') ?? '', base: this.o.base }, url, small)
  }

  session(): Kept | undefined {
    const k = this.keeper.now()
    return k && { ...k, base: this.o.base }
  }

  // Rating.

  // askRating asks once in a conversation, and never again.
  askRating(k = this.keeper.now()): void {
    if (k && !k.rated && !this.view.transcript.lines.every((l) => l.from === 'customer')) this.rated = k
    if (this.rated) this.set({ rating: 'asked' })
  }

  private rated?: Kept

  async rate(score: number, comment: string): Promise<void> {
    const k = this.rated ?? this.keeper.now()
    if (!k) return
    await rate({ ...k, base: this.o.base }, score, comment)
    this.keeper.change(k.id, { rated: true })
    this.rated = undefined
    this.set({ rating: 'thanks' })
  }

  notNow(): void {
    if (this.rated) this.keeper.change(this.rated.id, { rated: true })
    this.rated = undefined
    this.set({ rating: 'none' })
  }

  // wantsToRate is the customer's own wish.
  wantsToRate(): void {
    this.rated = this.keeper.now()
    if (this.rated) this.set({ rating: 'asked' })
  }

  // Calls.

  // start calls; silent is without a microphone.
  async start(silent = false): Promise<void> {
    const mine = ++this.attempt
    this.call = undefined
    this.set({ muted: silent, silent, silenced: false, grade: undefined, call: { kind: 'starting' } })
    try {
      await this.inOne(async (k) => {
        if (mine !== this.attempt) return
        this.call = new Call(k, this.o.locale(), (call) => this.changed(call), (silenced) => this.set({ silenced }), (grade) => this.set({ grade }))
        await this.call.start(undefined, silent)
      })
    } catch (err) {
      if (mine === this.attempt) this.set({ call: { kind: 'failed', ...failureOf(err) } })
    }
  }

  private changed(call: CallState): void {
    const was = this.view.call.kind
    this.set({ call })
    if (call.kind === 'live' && was !== 'live') this.measure()
    if (call.kind !== 'live') this.hush()
  }

  private measure(): void {
    const context = this.call?.mic && listening()
    if (!context || !this.call?.mic) return
    let mic = 0
    let bot = 0
    this.meters = [meter(context, this.call.mic, (l) => this.o.levels((mic = l), bot)), () => void context.close()]
    if (this.call.remote) this.meters.unshift(meter(context, this.call.remote, (l) => this.o.levels(mic, (bot = l))))
  }

  private hush(): void {
    this.meters.forEach((stop) => stop())
    this.meters = []
  }

  hangUp(): void {
    this.attempt++
    const { call } = this.view
    if (this.call) this.call.hangUp()
    else this.set({ call: { kind: 'ended' } })
    if (call.kind === 'live' && Date.now() - call.since > worthRating) this.askRating()
  }

  mute(on: boolean): void {
    this.call?.mute(on)
    this.set({ muted: on })
  }

  stopRecording(): void {
    void this.call?.record(false).catch(() => undefined) // the switch stays, and says so
  }
}

// store is a storage that may be forbidden.
export function store(name: 'localStorage' | 'sessionStorage'): Storage | undefined {
  try {
    return window[name]
  } catch {
    return undefined
  }
}
