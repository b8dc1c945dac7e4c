import type { Event } from '../core/events'

// Standing is who has the conversation, as far as the customer is told.
export interface Standing {
  holder: 'bot' | 'queue' | 'agent'
  state: string
  agent: string // the person's name; '' while none, or nameless
  position: number // in the queue; 0: not known
  transfer: string // state of the last transfer; ''
}

export const alone: Standing = { holder: 'bot', state: 'open', agent: '', position: 0, transfer: '' }

// Mark is something that happened between two lines.
export interface Mark {
  key: string
  after: string // the line it follows; ''
  kind: 'joined' | 'returned' | 'nobody' | 'call.started' | 'call.ended' | 'closed'
  name: string
  at: string
}

const waiting = ['queued', 'offering', 'consulting']

// follow takes one event into the standing, and tells what to mark between the lines.
export function follow(s: Standing, e: Event): { standing: Standing; mark?: Mark['kind'] } {
  switch (e.type) {
    case 'transfer.updated': {
      const d = e.data
      const standing = { ...s, transfer: d.state, agent: d.name ?? s.agent, position: d.position ?? 0 }
      if (waiting.includes(d.state)) return { standing: { ...standing, holder: 'queue' } }
      if (d.state === 'conference' || d.state === 'completed') return { standing: { ...standing, holder: 'agent' }, mark: s.holder === 'agent' && s.agent === standing.agent ? undefined : 'joined' }
      const back = { ...standing, holder: 'bot' as const, agent: '', position: 0 }
      if (d.state === 'failed') return { standing: back, mark: 'nobody' }
      return { standing: back, mark: d.state === 'returned' && s.holder === 'agent' ? 'returned' : undefined }
    }
    case 'conversation.updated': {
      const holder = e.data.holder === 'agent' || e.data.holder === 'queue' ? e.data.holder : 'bot'
      const standing = { ...s, state: e.data.state, holder, agent: holder === 'bot' ? '' : s.agent } as Standing
      if (e.data.state === 'closed' && s.state !== 'closed') return { standing, mark: 'closed' }
      if (s.holder === 'agent' && holder === 'bot') return { standing, mark: 'returned' }
      return { standing, mark: s.holder !== 'agent' && holder === 'agent' ? 'joined' : undefined }
    }
    case 'call.started':
    case 'call.ended':
      return { standing: s, mark: e.type }
    default:
      return { standing: s }
  }
}
