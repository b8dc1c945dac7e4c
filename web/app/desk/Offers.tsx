import { Button } from '@mantine/core'
import { IconMessage, IconPhone } from '@tabler/icons-react'
import type { Offer, Person } from '../core/desk'
import { since, tongue, useDeskHere } from './context'
import { Packet } from './Packet'

interface Props {
  offers: Offer[]
  agents: Person[]
  busy: string
  accept: (o: Offer) => void
  decline: (o: Offer) => void
}

// Offers ring at the side: nothing that is being typed moves or goes.
export function Offers({ offers, agents, busy, accept, decline }: Props) {
  const { t, locale, now } = useDeskHere()
  return (
    <>
      {offers.map((o) => {
        const left = Math.max(0, Math.ceil((Date.parse(o.expires_at) - now) / 1000))
        const from = o.from && agents.find((a) => a.id === o.from)
        const Kind = o.kind === 'call' ? IconPhone : IconMessage
        return (
          <section key={o.id} className="offer" aria-label={t.offer[o.kind]}>
            <div className="offerhead">
              <Kind size={18} aria-hidden />
              <strong className="grow">{from ? t.offerFrom[o.kind](from.name || from.id) : t.offer[o.kind]}</strong>
              <span className="num" aria-hidden>
                {t.left(left)}
              </span>
            </div>
            <div className="offerfacts dim small">
              {o.queue && <span>{o.queue}</span>}
              {o.language && <span>{tongue(o.language, locale)}</span>}
              <span className="num">
                {t.waited} {since(o.wait_ms)}
              </span>
            </div>
            <div className="offeractions">
              <Button size="sm" className="grow" loading={busy === o.id} onClick={() => accept(o)}>
                {t.accept} <kbd>A</kbd>
              </Button>
              <Button size="sm" variant="default" disabled={busy === o.id} onClick={() => decline(o)}>
                {t.decline} <kbd>D</kbd>
              </Button>
            </div>
            {o.note && (
              <p className="handnote">
                <span className="dim">{t.note}: </span>
                {o.note}
              </p>
            )}
            {o.said && (
              <p className="offersaid">
                <span className="dim">{t.saidBy}: </span>
                {o.said}
              </p>
            )}
            <div className="offerbody">{o.packet && <Packet p={o.packet} />}</div>
          </section>
        )
      })}
    </>
  )
}
