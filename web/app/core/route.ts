// Where in the admin page one is: #/screen?name=value.

export const screens = ['documents', 'try', 'gaps', 'phrasings', 'products', 'bot', 'tools', 'engines', 'staff', 'programs', 'costs', 'audit'] as const
export type Screen = (typeof screens)[number]
export interface Route { screen: Screen; with: Record<string, string> }

export function parse(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?')
  const screen = screens.find((s) => s === path) ?? 'documents'
  return { screen, with: Object.fromEntries(new URLSearchParams(query)) }
}

export function link(screen: Screen, values: Record<string, string> = {}): string {
  const q = new URLSearchParams(values).toString()
  return `#/${screen}${q ? `?${q}` : ''}`
}
