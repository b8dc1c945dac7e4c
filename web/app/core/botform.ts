// The bot's settings as a form has them: lists and tables are lines of text.
import type { BotSettings } from './admin'

export interface BotForm {
  name: string; company: string; languages: string; greeting: Record<string, string>; persona: string; rules: string
  failures: number; topics: string; vip: string; emergency: string; zone: string; open: string; holidays: string; recommend: boolean
}

const lines = (s: string) => s.split('\n').map((l) => l.trim()).filter(Boolean)
const table = (m: Record<string, string> | undefined) => Object.entries(m ?? {}).map(([k, v]) => `${k} = ${v}`).join('\n')

// untable reads lines of "words = name"; a line without = is kept under its own name.
function untable(s: string): Record<string, string> {
  return Object.fromEntries(lines(s).map((l) => {
    const at = l.search(/[=＝]/)
    return at < 0 ? [l, l] : [l.slice(0, at).trim(), l.slice(at + 1).trim()]
  }))
}

export function toForm(b: BotSettings): BotForm {
  return {
    name: b.name ?? '', company: b.company ?? '', languages: (b.languages ?? []).join(', '), greeting: b.greeting ?? {}, persona: b.persona ?? '', rules: (b.rules ?? []).join('\n'),
    failures: b.handoff?.failures || 2, topics: table(b.handoff?.topics), vip: (b.handoff?.vip ?? []).join('\n'), emergency: table(b.handoff?.emergency),
    zone: b.hours?.zone ?? '', open: table(b.hours?.open), holidays: (b.hours?.holidays ?? []).join('\n'), recommend: b.recommend !== false,
  }
}

export const tags = (s: string) => s.split(/[\s,，、]+/).filter(Boolean)

// fromForm keeps of before what the form does not show.
export function fromForm(f: BotForm, before: BotSettings): BotSettings {
  const greeting = Object.fromEntries(Object.entries(f.greeting).filter(([, v]) => v.trim() !== ''))
  const handoff = { ...before.handoff, failures: f.failures, topics: untable(f.topics), vip: lines(f.vip), emergency: untable(f.emergency) }
  const zone = f.zone.trim()
  const hours = zone === '' && f.open.trim() === '' ? undefined : { zone, open: untable(f.open), holidays: lines(f.holidays) }
  return { ...before, hours, name: f.name.trim(), company: f.company.trim(), languages: tags(f.languages), greeting, persona: f.persona.trim(), rules: lines(f.rules), handoff, recommend: f.recommend === (before.recommend !== false) ? before.recommend : f.recommend }
}
