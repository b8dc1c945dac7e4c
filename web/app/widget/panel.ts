import type { Catalog } from '../core/catalog'
import type { Locale } from '../core/locale'
import type { Outgoing } from '../core/outbox'
import { Asked } from './asked'
import { Callbar } from './callbar'
import { Contact } from './contact'
import { Composer, dropzone } from './composer'
import { attribute, h } from './dom'
import { keepInside } from './focus'
import { Header } from './header'
import { Log } from './log'
import { Notes } from './notes'
import { Large } from './pictures'
import { Rating } from './rating'
import { save } from './save'
import type { Settings } from './settings'
import type { Talk, View } from './talk'

export interface PanelOptions {
  t: Catalog
  locale: Locale
  settings: Settings
  talk: () => Talk
  close: () => void
  modal: () => boolean // it covers the page
  draft: { get: () => string; set: (text: string) => void }
}

// Panel is the conversation as the customer sees it.
export class Panel {
  readonly node: HTMLElement
  private readonly header: Header
  private readonly callbar: Callbar
  private readonly notes: Notes
  private readonly log: Log
  private readonly composer: Composer
  private readonly asked: Asked
  private readonly rating: Rating
  private readonly contact: Contact
  private readonly large: Large

  constructor(private readonly o: PanelOptions) {
    const { t, settings: s } = o
    const talk = o.talk
    this.large = new Large(t, (url, small) => talk().load(url, small), (open) => this.cover(open))
    this.header = new Header({ t, title: s.title[o.locale], call: () => this.call(), close: o.close, entries: this.entries() })
    this.callbar = new Callbar(t, {
      call: () => talk().call, mute: (on) => talk().mute(on), hangUp: () => this.hangUp(), stopRecording: () => talk().stopRecording(), play: () => void talk().call?.play(),
    })
    this.notes = new Notes(t, o.locale, s.debug, () => this.silently())
    this.rating = new Rating(t, (score, comment) => talk().rate(score, comment), () => talk().notNow(), () => this.log.toEnd())
    this.contact = new Contact(t, (left) => talk().leaveWord(left), () => talk().leaveNothing(), () => talk().view.transcript.lines.findLast((l) => l.from === 'customer')?.text ?? '', () => this.log.toEnd())
    this.composer = new Composer({ t, send: (text, files) => this.send(text, files), types: () => talk().types(), draft: o.draft })
    this.asked = new Asked(t, (files) => this.send('', files))
    this.log = new Log(
      {
        t, debug: s.debug, load: (url, small) => talk().load(url, small), open: (url, name, from) => this.large.open(url, name, from), correct: (words, select) => this.composer.put(words, [], select), agent: () => talk().view.standing.agent,
        ways: { again: (key) => talk().again(key), drop: (key) => talk().drop(key), change: (out) => this.change(out) },
      },
      s.greeting[o.locale], h('div', {}, this.contact.node, this.rating.node),
    )
    const body = h('div', { class: 'body' }, this.callbar.node, this.notes.node, this.log.node, this.asked.node, this.composer.node)
    this.node = h('section', { class: 'panel', role: 'dialog', tabindex: '-1', hidden: true, on: { keydown: (e: KeyboardEvent) => this.key(e) } }, this.header.node, body, this.large.node)
    body.append(dropzone(body, t.pictures.drop, (files) => this.composer.take(files)))
  }

  private entries() {
    const { t, talk } = this.o
    const w = t.widget
    return [
      { icon: 'headset' as const, label: w.askPerson, run: () => talk().askPerson(), off: () => talk().view.standing.holder !== 'bot' },
      { icon: 'star' as const, label: w.rateIt, run: () => this.rate(), off: () => !talk().session() },
      { icon: 'download' as const, label: w.transcript, run: () => void save(talk().session(), this.o.locale).catch(() => talk().failed('notSaved')), off: () => !talk().session() },
    ]
  }

  private rate(): void {
    this.o.talk().wantsToRate()
    this.log.toEnd()
    this.rating.node.querySelector('input')?.focus()
  }

  private call(): void {
    if (this.notes.bars()) return this.update(this.o.talk().view)
    void this.o.talk().start()
  }

  private silently(): void {
    this.notes.away()
    void this.o.talk().start(true)
    this.composer.line.focus()
  }

  private hangUp(): void {
    this.o.talk().hangUp()
    this.composer.line.focus()
  }

  private send(text: string, files: File[]): boolean {
    this.log.toEnd()
    return this.o.talk().say(text, files)
  }

  private change(out: Outgoing): void {
    this.o.talk().drop(out.key)
    this.composer.put(out.text, out.files)
  }

  private cover(open: boolean): void {
    for (const n of this.node.children) if (n !== this.large.node) (n as HTMLElement).inert = open
  }

  update(v: View): void {
    const { t, locale, settings } = this.o
    const company = settings.title[locale] || (v.can?.company ?? '')
    attribute(this.node, 'aria-label', t.widget.assistantOf(company))
    this.log.greet(settings.greeting[locale] ?? t.widget.greeting(company))
    this.header.update(v)
    this.callbar.update(v)
    this.notes.update(v)
    this.rating.update(v)
    this.contact.update(v)
    this.asked.update(v)
    this.log.update(v)
  }

  levels(mic: number, bot: number): void {
    this.callbar.level(mic, bot)
  }

  private key(e: KeyboardEvent): void {
    // The page's own shortcuts are not meant by what is typed here.
    e.stopPropagation()
    if (this.large.showing) keepInside(this.large.node, e)
    else if (this.o.modal()) keepInside(this.node, e)
    if (e.key !== 'Escape' || e.isComposing) return
    e.preventDefault()
    if (this.large.showing) this.large.close()
    else if (!this.header.menu.escape() && !this.callbar.escape()) this.o.close()
  }

  open(): void {
    this.node.hidden = false
    this.node.setAttribute('aria-modal', String(this.o.modal()))
    this.log.toEnd()
    this.composer.grow()
    // Where a finger points, the keyboard would cover the conversation.
    if (!matchMedia('(pointer: coarse)').matches) this.composer.line.focus()
    else this.node.focus()
  }

  shut(): void {
    this.large.close()
    this.node.hidden = true
  }

  close(): void {
    this.log.close()
    this.asked.close()
    this.composer.close()
    this.callbar.close()
  }
}
