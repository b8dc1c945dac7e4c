import { IconArrowLeft } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { admin, type FullDoc } from '../../core/admin'
import { link } from '../../core/route'
import { useHere } from '../context'
import { Show } from '../ui/State'
import { useLoad } from '../useLoad'
import { Editor } from './Editor'

interface Props {
  id?: string
  quote?: string // a passage that was cited
  title?: string // of a new one
  gap?: string // the question that a new one answers
}

const blank: FullDoc = { id: '', title: '', state: 'ready', version: 0, draft: false, passages: 0, bytes: 0, updated_at: '', text: '' }

// Document is one document, or a new one.
export function Document({ id, quote, title, gap }: Props) {
  const { t } = useHere()
  const [turn, setTurn] = useState(0)
  const doc = useLoad<FullDoc>(() => (id ? admin.document(id) : Promise.resolve({ ...blank, title: title ?? '', text: title ? `# ${title}\n\n` : '' })), [id, turn])
  const busy = doc.data?.state === 'queued' || doc.data?.state === 'reading'
  useEffect(() => {
    if (!busy) return
    const timer = setTimeout(() => setTurn((n) => n + 1), 1500)
    return () => clearTimeout(timer)
  }, [busy, doc.data])
  return (
    <>
      <h1 className="sr">{doc.data?.title || t.docs.newTitle}</h1>
      <nav aria-label={t.back} className="backlink">
        <a href={link('documents')}>
          <IconArrowLeft size={16} aria-hidden />
          {t.nav.documents}
        </a>
      </nav>
      <Show of={doc} rows={10}>
        {(d) => <Editor key={d.id} doc={d} quote={quote} gap={gap} reload={() => setTurn((n) => n + 1)} />}
      </Show>
    </>
  )
}
