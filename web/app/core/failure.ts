import { ApiError } from './api'

// Failure names why there is no call; each has its own sentence and way on.
export type Failure =
  | 'insecure' // plain HTTP from another machine: the browser offers no microphone
  | 'unsupported' // the browser cannot do calls at all
  | 'no-microphone'
  | 'taken' // the microphone is there and another program has it
  | 'refused'
  | 'busy'
  | 'limit'
  | 'unreachable' // the server does not answer
  | 'blocked' // the server answers, and no way for the sound was found
  | 'network' // a running call was lost
  | 'server'

// Surroundings are what a browser offers; window is one.
export interface Surroundings {
  isSecureContext: boolean
  RTCPeerConnection?: unknown
  navigator: { mediaDevices?: { getUserMedia?: unknown } }
}

// obstacle is why no call can be made from here, known before one is tried.
export function obstacle(w: Surroundings): Failure | undefined {
  if (!w.isSecureContext) return 'insecure'
  if (!w.RTCPeerConnection || !w.navigator.mediaDevices?.getUserMedia) return 'unsupported'
  return undefined
}

const byStatus: Record<number, Failure> = { 503: 'busy', 429: 'limit', 502: 'unreachable', 504: 'unreachable' }
const byName: Record<string, Failure> = {
  NotAllowedError: 'refused', SecurityError: 'refused', PermissionDeniedError: 'refused',
  NotReadableError: 'taken', TrackStartError: 'taken', AbortError: 'taken',
  NotFoundError: 'no-microphone', DevicesNotFoundError: 'no-microphone', OverconstrainedError: 'no-microphone',
}

// failureOf tells failures apart when a call is begun. Errors of devices are known by
// name: not every browser makes them DOMExceptions. fetch throws a TypeError when
// nothing answers.
export function failureOf(err: unknown): { failure: Failure; detail: string } {
  if (err instanceof ApiError) return { failure: byStatus[err.problem.status] ?? 'server', detail: err.message }
  if (err instanceof TypeError) return { failure: 'unreachable', detail: err.message }
  const name = typeof err === 'object' && err !== null && 'name' in err ? String(err.name) : ''
  return { failure: byName[name] ?? 'server', detail: err instanceof Error ? err.message : String(err) }
}

// isRefused tells whether a message was looked at and not taken: the same again is not either.
export function isRefused(err: unknown): boolean {
  return err instanceof ApiError && [400, 413, 415, 422].includes(err.problem.status)
}

// isOver tells whether a conversation can take no more: closed, or forgotten by the server.
export function isOver(err: unknown): boolean {
  return err instanceof ApiError && [401, 404, 409, 410].includes(err.problem.status)
}
