import type { Catalog } from '../core/catalog'
import { failureOf } from '../core/failure'
import type { Outgoing } from '../core/outbox'

// why is what to say of a message that was not sent.
export function why(t: Catalog, o: Pick<Outgoing, 'reason' | 'err'>): string {
  if (o.reason === 'files') return t.widget.lostFiles
  if (o.err === undefined) return t.notSent
  const { failure, detail } = failureOf(o.err)
  return failure === 'server' ? `${t.notSent}: ${detail}` : `${t.notSent}: ${t.failures[failure].title}`
}
