import { Button, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { desk, type Passage } from '../core/desk'
import { useDeskHere } from './context'

// LookUp searches the knowledge beside a conversation.
export function LookUp({ use }: { use?: (text: string) => void }) {
  const { t } = useDeskHere()
  const [query, setQuery] = useState('')
  const [found, setFound] = useState<Passage[]>()
  const [failed, setFailed] = useState(false)
  const [open, setOpen] = useState('')
  const words = query.trim()
  useEffect(() => {
    setFailed(false)
    if (!words) return setFound(undefined)
    let gone = false
    const timer = setTimeout(() => desk.lookUp(words).then((l) => gone || setFound(l), () => gone || setFailed(true)), 250)
    return () => {
      gone = true
      clearTimeout(timer)
    }
  }, [words])
  return (
    <section className="sidepart" aria-label={t.lookUp.title}>
      <h2>{t.lookUp.title}</h2>
      <TextInput id="desklookup" size="xs" value={query} onChange={(e) => setQuery(e.currentTarget.value)} placeholder={t.lookUp.ask} aria-label={t.lookUp.ask} leftSection={<IconSearch size={14} aria-hidden />} maxLength={500} />
      <div role="status" className="dim small">
        {failed ? t.failedSo : words && found?.length === 0 ? t.lookUp.none : ''}
      </div>
      {words && found && (
        <ul className="passages">
          {found.map((p) => (
            <li key={p.passage}>
              <button type="button" className="passage" aria-expanded={open === p.passage} onClick={() => setOpen(open === p.passage ? '' : p.passage)}>
                <span className="clip strong">{p.title}</span>
                <span className={open === p.passage ? 'passagetext' : 'passagetext short'}>{p.text}</span>
              </button>
              {use && (
                <Button size="compact-xs" variant="default" onClick={() => use(p.text)}>
                  {t.suggest.insert}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
