// What a supervisor watches, and what can be done about it.
import { call, type Person, type Status, type Wish } from './desk'

export type FigureName = 'waiting' | 'longest_wait' | 'service_level' | 'abandoned' | 'containment' | 'risk'
export type Unit = 'count' | 'ms' | 'percent' | 'points'
export interface Figure { name: FigureName; value: number | null; unit: Unit; of?: number; definition: Record<string, string> }
export type Why = 'wait' | 'sentiment' | 'repetition' | 'silence' | 'transfer'
export interface Reason { why: Why; weight: number; value: number }
export interface Live {
  id: string; via: 'chat' | 'voice'; call?: string; holder: 'bot' | 'queue' | 'agent'; agent?: string; queue?: string; language?: string; name?: string; site?: string; practice?: boolean
  began: string; waits_since?: string; last?: { from: string; text: string; at: string }; listeners?: { user: string; mode: 'listen' | 'whisper' | 'talk' }[]; risk: number; reasons: Reason[]; spark: number[]
}
export interface Snooze { figure: FigureName; until: string; reason: string; by?: string }
export interface Alert { figure: FigureName; value: number; limit: number; below?: boolean; unit: Unit; since: string; snooze?: Snooze }
export interface WallView {
  version: number; at: string; all: boolean; figures: Figure[]; calls: number; chats: number; agents: Partial<Record<Status, number>>; alerts: Alert[]; rows: Live[]; gone: string[]
}

// merge brings a wall up to date with what has changed of it.
export function merge(was: WallView | undefined, now: WallView): WallView {
  if (!was || now.all) return now
  const changed = new Map(now.rows.map((r) => [r.id, r]))
  const gone = new Set(now.gone)
  const kept = was.rows.filter((r) => !gone.has(r.id)).map((r) => changed.get(r.id) ?? r)
  const known = new Set(kept.map((r) => r.id))
  return { ...now, rows: [...kept, ...now.rows.filter((r) => !known.has(r.id))] }
}

export interface Placed { row: Live; gone: boolean }

// place puts rows in the order of their risk; while held, each stays where it was, new ones
// come to the end, and who is gone leaves a place.
export function place(was: Placed[], rows: Live[], held: boolean): Placed[] {
  if (!held) return [...rows].sort((a, b) => b.risk - a.risk || a.began.localeCompare(b.began)).map((row) => ({ row, gone: false }))
  const now = new Map(rows.map((r) => [r.id, r]))
  const known = new Set(was.map((p) => p.row.id))
  return [...was.map((p) => ({ row: now.get(p.row.id) ?? p.row, gone: !now.has(p.row.id) })), ...rows.filter((r) => !known.has(r.id)).map((row) => ({ row, gone: false }))]
}

export interface Capabilities { practice?: boolean }

export const wall = {
  snooze: (figure: FigureName, minutes: number, reason: string) => call<Snooze>('POST', `/v1/desk/alerts/${figure}/snooze`, { minutes, reason }),
  force: (id: string, status: Wish) => call<Person>('PUT', `/v1/desk/agents/${encodeURIComponent(id)}`, { status }),
  practice: (via: 'call' | 'chat', language: 'en' | 'zh-CN') => call<{ conversation: string; call?: string }>('POST', '/v1/practice', { via, language }),
  capabilities: () => call<Capabilities>('GET', '/v1/capabilities'),
}
