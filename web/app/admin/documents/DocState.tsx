import type { Doc } from '../../core/admin'
import { useHere } from '../context'
import { Pill } from '../ui/Pill'

const kinds = { queued: 'wait', reading: 'wait', ready: 'good', failed: 'bad' } as const

export function State({ doc }: { doc: Doc }) {
  const { t } = useHere()
  return (
    <span className="pills">
      {(doc.version > 0 || doc.state !== 'ready' || !doc.draft) && <Pill kind={kinds[doc.state]}>{t.docs.states[doc.state]}</Pill>}
      {doc.draft && <Pill kind="draft">{t.docs.states.draft}</Pill>}
    </span>
  )
}
