import type { Canned, Person } from '../core/desk'
import { useDeskHere } from './context'

export type Choice = { key: string; name: string; text: string }

export const ofReplies = (list: Canned[]): Choice[] => list.map((c) => ({ key: c.id, name: `/${c.shortcut}`, text: c.text }))
export const ofPeople = (list: Person[], word: string): Choice[] =>
  list.filter((p) => p.name?.toLowerCase().includes(word)).slice(0, 8).map((p) => ({ key: p.id, name: `@${p.name}`, text: '' }))

interface Props { kind: '/' | '@'; choices: Choice[]; at: number; choose: (c: Choice) => void }

// Completer stands over the line where one writes and offers what a shortcut or name may
// mean. The keyboard stays with the line.
export function Completer({ kind, choices, at, choose }: Props) {
  const { t } = useDeskHere()
  return (
    <ul className="completer" id="deskcompleter" role="listbox" aria-label={kind === '/' ? t.canned.title : t.canned.who}>
      {choices.map((c, i) => (
        <li
          key={c.key} id={`deskchoice${i}`} role="option" aria-selected={i === at} className={i === at ? 'on' : undefined}
          onMouseDown={(e) => {
            e.preventDefault()
            choose(c)
          }}
        >
          <strong>{c.name}</strong> <span className="dim clip">{c.text}</span>
        </li>
      ))}
    </ul>
  )
}
