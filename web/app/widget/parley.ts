import type { Identity } from '../core/api'

// What pages may listen to.
export type Told = 'open' | 'close' | 'message' | 'unread' | 'call' | 'identity'

// Parley is what pages see of the widget.
export interface Parley {
  open: (o?: { ask?: string }) => void
  close: () => void
  identify: (customer?: Identity) => void
  on: (what: Told, f: (data: unknown) => void) => () => void
  page: (p?: { lang?: string; theme?: string }) => void
  track: (type: string, about?: { product?: string; text?: string }) => void
}

declare global {
  interface Window {
    Parley?: Parley
  }
}
