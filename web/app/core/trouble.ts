import { ApiError } from './api'
import type { DeskWords } from './deskwords'

// whyNot says in the page's language why something was not done: by the problem's type,
// where the status alone does not tell.
export function whyNot(err: unknown, t: DeskWords): string {
  if (err instanceof TypeError) return t.lost // fetch throws one when nothing answers
  if (!(err instanceof ApiError)) return t.failedSo
  const { type = '', status } = err.problem
  return t.troubles[type.replace(/^urn:parley:problem:/, '')] ?? t.troubles[status] ?? t.failedSo
}
