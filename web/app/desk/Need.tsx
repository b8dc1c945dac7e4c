import { ActionIcon, Button, Tooltip } from '@mantine/core'
import { IconBasket, IconBulb, IconCash, IconEye, IconHeart, IconQuote, IconSearch, IconThumbDown, IconThumbUp } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { desk, type Need as It, type TipState } from '../core/desk'
import { clock, useDeskHere } from './context'

const icons = { 'page.viewed': IconEye, 'product.viewed': IconEye, searched: IconSearch, 'cart.added': IconBasket, 'cart.removed': IconBasket, purchased: IconCash, said: IconQuote, known: IconHeart } as const

interface Props {
  id: string
  last?: { key: string; from: string; text: string } // what was said last
  put?: (text: string) => void // into the line where one writes; absent: not this person's to write
}

// Need is what the customer needs, as far as is known, and what fits: for the agent to use or
// leave. What was put into the reply counts as recommended when that is sent.
export function Need({ id, last, put }: Props) {
  const { t, locale } = useDeskHere()
  const [got, setGot] = useState<{ id: string; it: It }>()
  const [again, setAgain] = useState(0)
  const inserted = useRef<{ id: string; product: string; name: string }[]>([])
  const stamp = last?.key ?? ''
  useEffect(() => {
    let gone = false
    const look = () => desk.need(id).then((it) => gone || setGot({ id, it }), () => undefined)
    const first = setTimeout(look, 300)
    const timer = setInterval(look, 20_000) // what happens on the pages tells nobody
    return () => {
      gone = true
      clearTimeout(first)
      clearInterval(timer)
    }
  }, [id, stamp, again])
  useEffect(() => {
    if (last?.from !== 'agent') return
    for (const x of inserted.current.filter((x) => x.id === id && last.text.includes(x.name))) {
      inserted.current = inserted.current.filter((y) => y !== x)
      desk.recommended(id, x.product).then(() => setAgain((n) => n + 1), () => undefined)
    }
  }, [id, last?.key, last?.from, last?.text])
  const it = got?.id === id ? got.it : undefined
  if (!it || (!it.need && it.products.length === 0 && it.recommended.length === 0)) return null
  const note = (product: string, state: TipState) => desk.recommended(id, product, state).then(() => setAgain((n) => n + 1), () => undefined)
  const told = new Map(it.recommended.map((r) => [r.product, r]))
  return (
    <section className="sidepart need" aria-label={t.need.title}>
      <h2>{t.need.title}</h2>
      {it.need && (
        <p className="needline">
          <IconBulb size={15} aria-hidden /> <span>{it.need}</span>
        </p>
      )}
      {it.evidence.length > 0 && (
        <ul className="facts small">
          {it.evidence.map((e, i) => {
            const Icon = icons[e.kind]
            return (
              <li key={i}>
                <Icon size={14} aria-hidden />
                <span className="dim">
                  {t.need.evidence[e.kind]} {e.text && <span className="evtext">{e.kind === 'said' || e.kind === 'searched' || e.kind === 'known' ? `“${e.text}”` : e.text}</span>}
                  {e.at && ` · ${clock(e.at, locale)}`}
                </span>
              </li>
            )
          })}
        </ul>
      )}
      {it.products.map(({ product: p, reason, quote }) => (
        <div key={p.id} className="fit">
          <div className="fithead">
            <strong className="grow">{p.url ? <a href={p.url} target="_blank" rel="noreferrer">{p.name}</a> : p.name}</strong>
            {p.price && <span className="num">{p.price}</span>}
          </div>
          <p className="small">{reason}</p>
          <blockquote className="small dim" title={t.need.source}>{quote}</blockquote>
          <div className="draftactions">
            {put && (
              <Button size="compact-xs" variant="default" onClick={() => { put(t.need.draft(p.name, p.price ?? '', quote)); inserted.current.push({ id, product: p.id, name: p.name }) }}>
                {t.need.insert}
              </Button>
            )}
            {told.has(p.id) && <State id={p.id} name={p.name} state={told.get(p.id)?.state ?? 'offered'} by={told.get(p.id)?.by} note={put && note} />}
          </div>
        </div>
      ))}
      {it.recommended.filter((r) => !it.products.some((p) => p.product.id === r.product)).map((r) => (
        <div key={r.product} className="told small">
          <span className="grow">{r.name}</span>
          <State id={r.product} name={r.name} state={r.state} by={r.by} note={put && note} />
        </div>
      ))}
    </section>
  )
}

function State({ id, name, state, by, note }: { id: string; name: string; state: TipState; by?: string; note?: (product: string, state: TipState) => void }) {
  const { t } = useDeskHere()
  const open = state === 'offered' || state === 'interested'
  return (
    <span className="tipstate">
      <span className={`pill ${state}`}>{t.need.states[state]}{!by && state !== 'taken' ? ` · ${t.need.byBot}` : ''}</span>
      {note && open && (
        <>
          <Tooltip label={t.need.yes}>
            <ActionIcon size="sm" variant="subtle" color="gray" aria-label={t.need.setYes(name)} onClick={() => note(id, 'taken')}>
              <IconThumbUp size={14} aria-hidden />
            </ActionIcon>
          </Tooltip>
          <Tooltip label={t.need.no}>
            <ActionIcon size="sm" variant="subtle" color="gray" aria-label={t.need.setNo(name)} onClick={() => note(id, 'refused')}>
              <IconThumbDown size={14} aria-hidden />
            </ActionIcon>
          </Tooltip>
        </>
      )}
    </span>
  )
}
