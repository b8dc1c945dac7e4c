import { Button, Group, Modal, Radio, Textarea } from '@mantine/core'
import { IconSparkles } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { desk, type Ending } from '../core/desk'
import { whyNot } from '../core/trouble'
import { useDeskHere } from './context'

interface Props {
  id: string
  closing: boolean // the conversation is closed by it; else it is over for the person already
  endings: Ending[] // of the queue; none: the usual ones
  close: () => void
  done: () => void
}

// EndDialog asks how a conversation ended. Summary and end are proposed; what was typed or
// chosen meanwhile stays.
export function EndDialog({ id, closing, endings, close, done }: Props) {
  const { t, locale } = useDeskHere()
  const [how, setHow] = useState('')
  const [note, setNote] = useState('')
  const [by, setBy] = useState('')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState('')
  const chosen = useRef(false)
  const choices = endings.length > 0 ? endings.map((e) => ({ code: e.code, name: e.names[locale] ?? e.names[locale.slice(0, 2)] ?? e.names.en ?? Object.values(e.names)[0] ?? e.code })) : Object.entries(t.dispositions).map(([code, name]) => ({ code, name }))
  useEffect(() => {
    let gone = false
    desk.proposeWrapUp(id).then(
      (w) => {
        if (gone) return
        setNote((had) => (had ? had : w.summary))
        if (!chosen.current) setHow(w.disposition ?? '')
        setBy(w.by)
      },
      () => undefined, // one writes it oneself
    )
    return () => {
      gone = true
    }
  }, [id])
  return (
    <Modal opened onClose={close} title={closing ? t.closeTitle : t.wrap.title} centered closeButtonProps={{ 'aria-label': t.cancel }}>
      <form
        className="dialog"
        onSubmit={(e) => {
          e.preventDefault()
          if (!how) return
          setBusy(true)
          ;(closing ? desk.close(id, how, note) : desk.wrapUp(id, how, note)).then(done, (err: unknown) => {
            setBusy(false)
            setError(whyNot(err, t))
          })
        }}
      >
        <Radio.Group
          value={how} label={t.disposition}
          onChange={(v) => {
            chosen.current = true
            setHow(v)
          }}
        >
          <div className="choices">
            {choices.map((c, i) => (
              <Radio key={c.code} value={c.code} label={c.name} data-autofocus={i === 0 || undefined} />
            ))}
          </div>
        </Radio.Group>
        <Textarea label={t.closeNote} value={note} onChange={(e) => setNote(e.currentTarget.value)} maxLength={4000} autosize minRows={3} maxRows={10} />
        <p className="dim small proposedby">{by && <><IconSparkles size={14} aria-hidden /> {t.wrap.by[by]}</>}</p>
        {error && <p className="bad" role="alert">{error}</p>}
        <Group justify="flex-end" gap={8}>
          <Button variant="default" onClick={close}>{t.cancel}</Button>
          <Button type="submit" loading={busy} disabled={!how}>{closing ? t.close : t.wrap.save}</Button>
        </Group>
      </form>
    </Modal>
  )
}
