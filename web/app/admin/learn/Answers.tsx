import { Button, Textarea, TextInput } from '@mantine/core'
import { IconMessageCheck } from '@tabler/icons-react'
import { useState } from 'react'
import { admin, type Answer } from '../../core/admin'
import { useHere, when } from '../context'
import { useLoad } from '../useLoad'
import { List } from './List'

// Answers are what people told customers whom the bot could not answer, for a supervisor to
// publish: they are the words of conversations of all queues.
export function Answers() {
  const { t, locale, tell } = useHere()
  const list = useLoad<Answer[]>(() => admin.answers(), [])
  if (list.data?.length === 0) return null // the gaps below say all
  return (
    <section className="answers" aria-label={t.answers.title}>
      <h2>{t.answers.title}</h2>
      <p className="dim">{t.answers.lead}</p>
      <List
        of={list} icon={<IconMessageCheck size={28} />} empty="" more=""
        row={(a, decide) => (
          <One
            a={a} at={when(a.at, locale)}
            approve={(q, x) => decide(async () => {
              await admin.approveAnswer(a.id, q, x)
              tell(t.answers.published)
            })}
            reject={() => decide(() => admin.rejectAnswer(a.id))}
          />
        )}
      />
    </section>
  )
}

interface Props { a: Answer; at: string; approve: (question: string, answer: string) => void; reject: () => void }

function One({ a, at, approve, reject }: Props) {
  const { t } = useHere()
  const [question, setQuestion] = useState(a.question)
  const [answer, setAnswer] = useState(a.answer)
  return (
    <div className="grow answer">
      <TextInput label={t.answers.question} value={question} onChange={(e) => setQuestion(e.currentTarget.value)} maxLength={500} />
      <Textarea label={t.answers.answer} value={answer} onChange={(e) => setAnswer(e.currentTarget.value)} maxLength={8000} autosize minRows={2} />
      <div className="answerfoot">
        <span className="dim small grow">
          {at} · <a href={`/desk#/${encodeURIComponent(a.conversation)}`}>{t.answers.conversation}</a>
        </span>
        <Button size="compact-sm" variant="subtle" color="gray" onClick={reject}>
          {t.answers.reject}
        </Button>
        <Button size="compact-sm" disabled={!question.trim() || !answer.trim()} onClick={() => approve(question, answer)}>
          {t.answers.publish}
        </Button>
      </div>
    </div>
  )
}
