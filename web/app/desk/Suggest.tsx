import { Button } from '@mantine/core'
import { IconAlertTriangle, IconListCheck, IconPencil, IconQuote, IconSend } from '@tabler/icons-react'
import type { Suggestion } from '../core/desk'
import { useDeskHere } from './context'

interface Props {
  it?: Suggestion
  sending: boolean
  use: (text: string) => void // into the line where one writes
  send: (text: string) => void
}

// Suggest is what could be said next, with its sources. Nothing of it is sent or written by itself.
export function Suggest({ it, sending, use, send }: Props) {
  const { t } = useDeskHere()
  const p = it?.procedure
  return (
    <section className="sidepart suggest" aria-label={t.suggest.title}>
      <h2>{t.suggest.title}</h2>
      {it?.disclosures.map((d) => (
        <div key={d.name} className="due" role="alert">
          <IconAlertTriangle size={15} aria-hidden />
          <div className="grow">
            <strong>{t.suggest.missing}</strong>
            <p>{d.say}</p>
          </div>
          <Button size="compact-xs" variant="default" onClick={() => use(d.say)}>
            {t.suggest.insert}
          </Button>
        </div>
      ))}
      {it?.text ? (
        <div className="draftreply">
          <p className="drafttext">{it.text}</p>
          <ul className="facts small">
            {it.citations.map((c) => (
              <li key={c.document + c.passage} title={c.quote}>
                <IconQuote size={14} aria-hidden />
                <span className="clip dim">{c.title}</span>
              </li>
            ))}
          </ul>
          <div className="draftactions">
            <Button size="compact-sm" variant="default" leftSection={<IconPencil size={14} aria-hidden />} onClick={() => use(it.text ?? '')}>
              {t.suggest.edit} <kbd>E</kbd>
            </Button>
            <Button size="compact-sm" variant="light" loading={sending} leftSection={<IconSend size={14} aria-hidden />} onClick={() => send(it.text ?? '')}>
              {t.send}
            </Button>
          </div>
        </div>
      ) : (
        <p className="dim">{it?.gap ? t.suggest.gap : t.suggest.none}</p>
      )}
      {p && (
        <div className="nextstep">
          <IconListCheck size={15} aria-hidden />
          <div className="grow">
            <strong>{p.running ? t.suggest.running(p.title) : t.suggest.would(p.title)}</strong>
            {p.say && <p>{p.say}</p>}
            {p.slots.length > 0 && (
              <p className="dim small">
                {p.slots.map((s) => s.value).join(' · ')}
              </p>
            )}
          </div>
          {p.say && (
            <Button size="compact-xs" variant="default" onClick={() => use(p.say ?? '')}>
              {t.suggest.insert}
            </Button>
          )}
        </div>
      )}
    </section>
  )
}
