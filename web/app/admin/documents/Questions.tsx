import { IconArrowNarrowRight, IconMessageCheck } from '@tabler/icons-react'
import { admin, type Changed, type FullDoc, type Passage } from '../../core/admin'
import { useHere, when } from '../context'
import { Empty, Show } from '../ui/State'
import { useLoad } from '../useLoad'

// Questions are those of customers that the draft would answer otherwise.
export function Questions({ doc }: { doc: FullDoc }) {
  const { t, locale } = useHere()
  const list = useLoad<Changed[]>(() => (doc.draft ? admin.questions(doc.id) : Promise.resolve([])), [doc.id, doc.draft, doc.draft_text])
  if (!doc.draft) return <Empty icon={<IconMessageCheck size={28} />} title={t.docs.noDraft} text={t.docs.noDraftMore} />
  return (
    <Show of={list}>
      {(qs) =>
        qs.length === 0 ? (
          <Empty icon={<IconMessageCheck size={28} />} title={t.docs.noQuestions} />
        ) : (
          <>
            <p className="dim">{t.docs.questionsLead}</p>
            <ul className="stack">
              {qs.map((q) => (
                <li key={q.question} className="card pad">
                  <div className="between">
                    <strong>{q.question}</strong>
                    <span className="dim small nowrap">
                      {t.docs.asked} {q.count} {t.docs.times} · {when(q.asked_at, locale)}
                    </span>
                  </div>
                  <div className="turns">
                    <Side label={t.docs.before} p={q.before} />
                    <IconArrowNarrowRight size={18} className="dim" aria-hidden />
                    <Side label={t.docs.after} p={q.after} />
                  </div>
                </li>
              ))}
            </ul>
          </>
        )
      }
    </Show>
  )
}

function Side({ label, p }: { label: string; p: Passage | null }) {
  const { t } = useHere()
  return (
    <div className="grow">
      <div className="dim small">{label}</div>
      {p ? (
        <>
          <div className="small strong">{p.title}</div>
          <blockquote className="quote">{p.text}</blockquote>
        </>
      ) : (
        <div className="bad small">{t.docs.nothing}</div>
      )}
    </div>
  )
}
