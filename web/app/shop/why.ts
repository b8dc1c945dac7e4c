import type { Catalog } from '../core/catalog'
import { failureOf } from '../core/failure'

// why is what to say of a message that was not sent.
export function why(t: Catalog, err: unknown): string {
  const { failure, detail } = failureOf(err)
  return failure === 'server' ? detail : `${t.notSent}: ${t.failures[failure].title}`
}
