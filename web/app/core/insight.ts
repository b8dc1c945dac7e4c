// What managers look back at.
import { call } from './desk'

export type Unit = 'count' | 'percent' | 'ms' | 'minutes' | 'money' | 'score'
export interface Statistic { name: string; value: number | null; unit: Unit; of?: number; before?: number; currency?: string; definition: Record<string, string>; conversations?: string }
export type Row = Record<string, string | number | null>
export interface Heat { weekday: number; hour: number; conversations: number; angry: number }
export interface Report { from: string; to: string; zone: string; items: Statistic[]; heat?: Heat[] }
export type Tables = Record<string, Row[]>
export type Name = 'summary' | 'quality' | 'satisfaction' | 'keywords' | 'transfers' | 'recommendations' | 'latency'
export const reports: Name[] = ['summary', 'quality', 'satisfaction', 'keywords', 'transfers', 'recommendations', 'latency']
export interface Talk {
  conversation: string; began_at: string; via: 'voice' | 'chat'; language: string; matter: string; turns: number; with_person: boolean; handle_ms: number; score: number
  confirmed: boolean; came_back: boolean; angry: boolean; abandoned: boolean
}
export interface Period { days: number; via: string; language: string; practice: boolean }

// query is a period as the server is asked for it: so many days up to today.
export function query(p: Period, today: Date, more: Record<string, string> = {}): string {
  const q = new URLSearchParams(more)
  q.set('from', day(new Date(today.getTime() - (p.days - 1) * 86_400_000)))
  q.set('to', day(today))
  if (p.via) q.set('via', p.via)
  if (p.language) q.set('language', p.language)
  if (p.practice) q.set('practice', 'true')
  return q.toString()
}

const day = (d: Date) => d.toISOString().slice(0, 10)

// span is milliseconds as people read them.
export function span(ms: number, locale = 'en'): string {
  const zh = locale === 'zh-CN'
  if (ms < 1000) return `${Math.round(ms)} ${zh ? '毫秒' : 'ms'}`
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} ${zh ? '秒' : 's'}`
  const s = Math.round(ms / 1000)
  const two = (n: number) => String(n).padStart(2, '0')
  return s < 3600 ? `${Math.floor(s / 60)}:${two(s % 60)} ${zh ? '分' : 'min'}` : `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)} ${zh ? '小时' : 'h'}`
}

// shown is a figure in words.
export function shown(v: number | null, unit: Unit, locale: string, currency?: string): string {
  if (v === null) return '–'
  switch (unit) {
    case 'ms':
      return span(v, locale)
    case 'percent':
      return `${v.toLocaleString(locale)}%`
    case 'money':
      return v.toLocaleString(locale, currency ? { style: 'currency', currency, maximumFractionDigits: v < 1 ? 4 : 2 } : {})
    case 'minutes':
      return v >= 600 ? `${Math.round(v / 60).toLocaleString(locale)} ${locale === 'zh-CN' ? '小时' : 'h'}` : `${Math.round(v)} ${locale === 'zh-CN' ? '分钟' : 'min'}`
    case 'score':
      return v.toLocaleString(locale, { maximumFractionDigits: 2 })
  }
  return v.toLocaleString(locale)
}

export const insight = {
  report: (name: Name, q: string) => call<Report & Tables>('GET', `/v1/reports/${name}?${q}`),
  talks: (path: string, cursor = '') => call<{ items: Talk[]; next?: string }>('GET', cursor ? `${path}&cursor=${encodeURIComponent(cursor)}` : path),
  // table is one of a report's tables as a file.
  table: async (path: string): Promise<Blob> => {
    const r = await fetch(path, { headers: { Accept: 'text/csv' } })
    if (!r.ok) throw new Error(r.statusText)
    return r.blob()
  },
}
