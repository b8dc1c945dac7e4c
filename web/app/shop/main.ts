import './shop.css'
import { preferred, remember, type Locale } from '../core/locale'
import { h } from '../widget/dom'
import { icon } from '../widget/icons'
import '../widget/parley'
import { draw, goods } from './art'
import { words, type Words } from './words'

// The demo company's page. It carries the chat as any site does: by the script tag in
// index.html, and asks through what that puts on the page.

const ask = (question?: string) => window.Parley?.open(question ? { ask: question } : undefined)
const asking = (label: string, question: string, kind = 'button') => h('button', { type: 'button', class: kind, on: { click: () => ask(question) } }, label)

function heading(t: Words, other: () => void, scheme: () => void): HTMLElement {
  const links = Object.entries(t.nav).map(([id, name]) => h('a', { href: `#${id}` }, name))
  return h(
    'header', { class: 'bar' },
    h('a', { class: 'skip', href: '#content' }, t.skip),
    h('a', { class: 'brand', href: '#content' }, h('span', { class: 'mark', 'aria-hidden': 'true' }), t.shop),
    h('nav', { 'aria-label': t.shop }, ...links),
    h('span', { class: 'grow' }),
    h('button', { type: 'button', class: 'quiet', lang: t.language === '中文' ? 'zh-CN' : 'en', on: { click: other } }, t.language),
    h('button', { type: 'button', class: 'quiet half', 'aria-label': t.scheme, title: t.scheme, on: { click: scheme } }),
  )
}

function hero(t: Words): HTMLElement {
  return h(
    'section', { class: 'hero' },
    h('div', {}, h('h1', {}, t.tagline), h('p', { class: 'lead' }, t.lead), h('p', { class: 'ways' }, h('button', { type: 'button', class: 'button main', on: { click: () => ask() } }, icon('chat', 18), t.ask), h('a', { class: 'button', href: '#products' }, t.look))),
    h('div', { class: 'stage' }, draw(goods[0] ?? [], '40 10 160 132')),
  )
}

function demo(t: Words): HTMLElement {
  const steps = t.tries.map((x) => h('li', {}, h('strong', {}, x.title), h('p', {}, x.what)))
  return h('section', { class: 'demo', 'aria-label': t.demo.title }, h('h2', {}, t.demo.title), h('p', { class: 'dim' }, t.demo.note), h('ol', {}, ...steps))
}

// ids of the products, as the company's list has them.
const ids = ['one', 'air', 'room']

// cart is what was put into it, or bought, until the page is left: there is no shop behind it.
const cart = new Map<string, 'cart' | 'bought'>()

// buying is the button that goes with a product: into the cart, then bought. The chat is told,
// as any shop's pages can tell it.
function buying(t: Words, id: string, name: string): HTMLElement {
  const label = () => (cart.get(id) === 'bought' ? t.bought : cart.get(id) === 'cart' ? t.buy : t.put)
  const b = h('button', { type: 'button', class: 'button', on: { click: () => {
    const next = cart.get(id) === 'cart' ? 'bought' : 'cart'
    cart.set(id, next)
    window.Parley?.track(next === 'cart' ? 'cart.added' : 'purchased', { product: id })
    b.textContent = label()
    b.setAttribute('aria-label', `${label()}: ${name}`)
    b.disabled = next === 'bought'
  } } }, label())
  b.setAttribute('aria-label', `${label()}: ${name}`)
  b.disabled = cart.get(id) === 'bought'
  return b
}

// looked tells of a product on which the pointer rests: a real shop tells of pages that are opened.
function looked(card: HTMLElement, id: string): void {
  let rests: ReturnType<typeof setTimeout> | undefined
  card.addEventListener('pointerenter', () => (rests = setTimeout(() => window.Parley?.track('product.viewed', { product: id }), 1500)))
  card.addEventListener('pointerleave', () => clearTimeout(rests))
}

function products(t: Words): HTMLElement {
  const cards = t.products.map((p, i) => {
    const card = h('li', { class: 'card' }, h('div', { class: 'picture' }, draw(goods[i] ?? [])), h('div', { class: 'name' }, h('h3', {}, p.name), h('span', { class: 'price' }, p.price)), h('p', { class: 'dim' }, p.what), h('div', { class: 'deals' }, buying(t, ids[i] ?? '', p.name), asking(t.about, p.ask)))
    looked(card, ids[i] ?? '')
    return card
  })
  return h('section', { id: 'products' }, h('h2', {}, t.nav.products), h('ul', { class: 'cards' }, ...cards))
}

function orders(t: Words): HTMLElement {
  const o = t.orders
  const rows = o.list.map((x, i) => h('li', {}, h('strong', { class: 'number' }, x.number), h('span', { class: 'what' }, x.what, h('span', { class: 'dim' }, x.phone)), h('span', { class: 'state' }, x.state), asking(i === 2 ? o.cancel : o.where, x.ask)))
  return h('section', { id: 'orders' }, h('h2', {}, o.title), h('p', { class: 'dim' }, o.note), h('ul', { class: 'rows' }, ...rows))
}

function returns(t: Words): HTMLElement {
  const r = t.returns
  const steps = r.steps.map((x) => h('li', {}, h('strong', {}, x.title), h('p', { class: 'dim' }, x.what)))
  return h('section', { id: 'returns' }, h('h2', {}, r.title), h('ol', { class: 'steps' }, ...steps), asking(r.begin, r.ask, 'button main'))
}

function help(t: Words): HTMLElement {
  return h('section', { id: 'help' }, h('h2', {}, t.questions.title), h('ul', { class: 'questions' }, ...t.questions.list.map((q) => h('li', {}, asking(q, q, 'question')))))
}

function page(locale: Locale, dark: boolean): void {
  const t = words[locale]
  document.documentElement.lang = locale
  document.documentElement.dataset.theme = dark ? 'dark' : 'light'
  document.title = t.shop
  remember(locale)
  window.Parley?.page({ lang: locale, theme: dark ? 'dark' : 'light' })
  const other = () => {
    page(locale === 'en' ? 'zh-CN' : 'en', dark)
    document.querySelector<HTMLElement>('.bar button')?.focus()
  }
  const scheme = () => {
    page(locale, !dark)
    document.querySelector<HTMLElement>('.bar .half')?.focus()
  }
  document.getElementById('shop')?.replaceChildren(heading(t, other, scheme), h('main', { id: 'content' }, hero(t), demo(t), products(t), orders(t), returns(t), help(t)), h('footer', {}, h('p', {}, t.footer), h('p', {}, t.place)))
}

const { matches: dark } = matchMedia('(prefers-color-scheme: dark)')
page(preferred(), dark)
// The chat comes when it comes, and then looks as the page does by now.
document.addEventListener('parley:ready', () => window.Parley?.page({ lang: document.documentElement.lang, theme: document.documentElement.dataset.theme }))
