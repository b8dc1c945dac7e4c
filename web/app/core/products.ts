// Products as a table that people fill in.
import type { Product } from './desk'

const columns = ['id', 'language', 'name', 'price', 'category', 'for', 'with', 'url', 'text'] as const

const cell = (s: string) => (/[",\n\r]/.test(s) || s !== s.trim() ? `"${s.replaceAll('"', '""')}"` : s)

// tableOf is a list as the server takes it again.
export function tableOf(list: Product[]): string {
  const rows = list.map((p) => columns.map((c) => cell(Array.isArray(p[c]) ? (p[c] as string[]).join('; ') : String(p[c] ?? ''))).join(','))
  return [columns.join(','), ...rows].join('\r\n') + '\r\n'
}

// template is a table with one product, to begin with.
export const template = tableOf([{ id: 'lamp-1', language: 'en', name: 'Desk lamp', price: '$20', category: 'lamps', for: ['reading', 'desk'], with: [], url: '', text: 'It is bright. It folds flat.' }])
