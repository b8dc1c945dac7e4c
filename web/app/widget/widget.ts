import type { Identity } from '../core/api'
import { catalogs, type Catalog } from '../core/catalog'
import type { Locale } from '../core/locale'
import type { Event } from '../core/events'
import { Announcer } from '../core/announcer'
import { accentOf } from './colour'
import { attribute, h } from './dom'
import { Launcher } from './launcher'
import { Panel } from './panel'
import type { Told } from './parley'
import { language, localeOf, themeOf, type Settings } from './settings'
import css from './styles.css?inline'
import { store, Talk, type View } from './talk'

type Listener = (data: unknown) => void

const narrow = '(max-width: 480px)'

// Widget is one chat on one page: its launcher and its panel, in a shadow of its own.
export class Widget {
  private readonly host = document.createElement('parley-widget')
  private readonly root: HTMLElement
  private readonly region = h('div', { class: 'hidden', 'aria-live': 'polite' })
  private readonly announcer = new Announcer(this.region)
  private readonly listeners = new Map<Told, Set<Listener>>()
  private readonly dark = matchMedia('(prefers-color-scheme: dark)')
  private locale: Locale
  private t: Catalog
  private talk: Talk
  private panel?: Panel
  private launcher?: Launcher
  private opened = false
  private due = false

  constructor(private readonly s: Settings) {
    this.locale = this.wanted()
    this.t = catalogs[this.locale]
    const shadow = this.host.attachShadow({ mode: 'open' })
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(css)
    shadow.adoptedStyleSheets = [sheet]
    this.root = h('div', { class: `root ${s.side}` })
    shadow.append(this.root)
    this.talk = this.begin(s.customer)
    this.build()
    this.coloured()
    this.dark.addEventListener('change', () => this.coloured())
    // A page that changes without a reload (Turbo, React) may drop what it does not know, and
    // speak another language.
    const observer = new MutationObserver(() => this.stay())
    observer.observe(document.documentElement, { childList: true, attributes: true, attributeFilter: ['lang'] })
    this.stay()
    window.visualViewport?.addEventListener('resize', () => this.fit())
    if (s.open) this.open()
  }

  private wanted(): Locale {
    return language(this.s, document.documentElement.lang, navigator.language)
  }

  // stay keeps the widget on the page, in the page's language.
  private body?: HTMLElement
  private readonly bodyObserver = new MutationObserver(() => this.stay())
  private stay(): void {
    if (!document.body) return
    if (this.body !== document.body) {
      this.body = document.body
      this.bodyObserver.disconnect()
      this.bodyObserver.observe(this.body, { childList: true })
    }
    if (!this.host.isConnected) this.body.append(this.host)
    if (this.wanted() !== this.locale) this.speak(this.wanted())
  }

  private speak(l: Locale): void {
    this.locale = l
    this.t = catalogs[l]
    this.build()
  }

  private begin(customer?: Identity): Talk {
    return new Talk({
      base: this.s.base, site: this.s.site, customer, locale: () => this.locale, seen: () => this.opened,
      changed: (v, e) => this.changed(v, e), levels: (mic, bot) => this.panel?.levels(mic, bot),
    })
  }

  // build makes the screen anew: at the start, in another language, for another customer.
  private build(): void {
    this.panel?.close()
    this.launcher?.close()
    const draft = store('sessionStorage')
    const name = `parley:${this.s.site}:draft`
    this.launcher = new Launcher(this.t, () => this.open())
    this.panel = new Panel({
      t: this.t, locale: this.locale, settings: this.s, talk: () => this.talk, close: () => this.close(), modal: () => matchMedia(narrow).matches,
      draft: { get: () => quiet(() => draft?.getItem(name)) ?? '', set: (text) => quiet(() => draft?.setItem(name, text)) },
    })
    attribute(this.root, 'lang', this.locale)
    this.root.replaceChildren(this.launcher.node, this.panel.node, this.region)
    if (this.opened) this.panel.open()
    this.render()
  }

  private coloured(): void {
    const scheme = this.s.theme === 'auto' ? (this.dark.matches ? 'dark' : 'light') : this.s.theme
    attribute(this.root, 'data-theme', scheme)
    const a = accentOf(this.s.color, scheme)
    for (const [k, v] of Object.entries(a)) this.root.style.setProperty(`--accent-${k}`, v)
  }

  // fit keeps the panel above a phone's keyboard, where it covers the page.
  private fit(): void {
    const v = window.visualViewport
    if (v) this.root.style.setProperty('--seen', `${Math.round(v.height)}px`)
    this.root.style.setProperty('--above', `${Math.round(v?.offsetTop ?? 0)}px`)
  }

  private changed(v: View, e?: Event): void {
    if (e?.type === 'message.created') {
      const { from, text, shown } = e.data
      if (from !== 'customer' && v.unread > 0 === !this.opened) this.announcer.say(`${from === 'agent' ? v.standing.agent || this.t.widget.person : this.t.heardBot}: ${text || shown || ''}`)
      if (from !== 'customer') this.tell('message', { from, text })
    }
    this.announce(v)
    if (this.due) return
    this.due = true
    queueMicrotask(() => this.render())
  }

  private marked = ''
  private unread = 0
  private call = ''
  private guest = false
  private announce(v: View): void {
    const mark = v.marks.at(-1)
    if (mark && mark.key !== this.marked && v.link === 'open') {
      const w = this.t.widget
      const words = { joined: w.joined(mark.name), returned: w.returned, nobody: w.nobody, closed: w.ended, 'call.started': '', 'call.ended': '' }
      if (this.marked) this.announcer.say(words[mark.kind])
      this.marked = mark.key
    }
    if (v.unread !== this.unread) this.tell('unread', (this.unread = v.unread))
    if (v.call.kind !== this.call) this.tell('call', (this.call = v.call.kind))
    if (v.guest && !this.guest) this.tell('identity', { refused: true })
    this.guest = v.guest
  }

  private render(): void {
    this.due = false
    const v = this.talk.view
    this.launcher?.update(v, this.opened)
    this.panel?.update(v)
  }

  // What pages may do.

  open(): void {
    if (this.opened) return
    this.opened = true
    this.fit()
    this.panel?.open()
    this.talk.look()
    this.render()
    this.tell('open')
  }

  close(): void {
    if (!this.opened) return
    this.opened = false
    this.panel?.shut()
    this.render()
    this.launcher?.button.focus()
    this.tell('close')
  }

  // ask says something for the customer, who sees it said.
  ask(text: string): void {
    this.open()
    this.talk.say(text, [])
  }

  // identify goes on as another customer; none is a guest.
  identify(customer?: Identity): void {
    this.talk.end()
    this.talk = this.begin(customer)
    this.build()
  }

  // page tells of a navigation without a reload, and in which language and colours it goes on.
  page(p: { lang?: string; theme?: string } = {}): void {
    if (p.lang) this.s.locale = localeOf(p.lang)
    if (p.theme) this.s.theme = themeOf(p.theme)
    this.coloured()
    this.stay()
  }

  // track notes what the customer does on the page.
  track(type: string, about?: { product?: string; text?: string }): void {
    this.talk.trail.add(type, about)
  }

  on(what: Told, f: Listener): () => void {
    const all = this.listeners.get(what) ?? new Set()
    this.listeners.set(what, all.add(f))
    return () => all.delete(f)
  }

  private tell(what: Told, data?: unknown): void {
    for (const f of this.listeners.get(what) ?? []) {
      try {
        f(data)
      } catch (err) {
        console.error(err) // the page's own; the chat goes on
      }
    }
  }
}

function quiet<T>(what: () => T): T | undefined {
  try {
    return what()
  } catch {
    return undefined // no storage here
  }
}
