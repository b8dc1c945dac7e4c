import { ActionIcon, Button, Checkbox, Group, Modal, Select, Textarea, TextInput } from '@mantine/core'
import { IconPencil, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { desk, type Canned } from '../core/desk'
import { whyNot } from '../core/trouble'
import { tongue, useDeskHere } from './context'

type Draft = Omit<Canned, 'id'> & { id?: string }
const blank: Draft = { shortcut: '', text: '', language: '', team: false }

// RepliesDialog is where ready replies are kept: one's own, and as a supervisor everybody's.
export function RepliesDialog({ all, changed, close }: { all: Canned[]; changed: () => void; close: () => void }) {
  const { t, me, locale, tell } = useDeskHere()
  const [draft, setDraft] = useState(blank)
  const [error, setError] = useState('')
  const [busy, setBusy] = useState(false)
  const senior = me.role !== 'agent'
  const attempt = (what: Promise<unknown>) => {
    setBusy(true)
    setError('')
    what.then(
      () => {
        setBusy(false)
        setDraft(blank)
        tell(t.canned.saved)
        changed()
      },
      (err: unknown) => {
        setBusy(false)
        setError(whyNot(err, t))
      },
    )
  }
  return (
    <Modal opened onClose={close} title={t.canned.title} size="lg" centered closeButtonProps={{ 'aria-label': t.cancel }}>
      <ul className="readylist">
        {all.length === 0 && <li className="dim">{t.canned.empty}</li>}
        {all.map((c) => (
          <li key={c.id}>
            <div className="grow">
              <strong>/{c.shortcut}</strong> <span className="dim small">{[c.team ? t.canned.team : t.canned.own, tongue(c.language, locale)].filter(Boolean).join(' · ')}</span>
              <p className="clip dim">{c.text}</p>
            </div>
            {(!c.team || senior) && (
              <>
                <ActionIcon variant="subtle" color="gray" aria-label={`${t.canned.edit}: ${c.shortcut}`} onClick={() => setDraft(c)}>
                  <IconPencil size={16} aria-hidden />
                </ActionIcon>
                <ActionIcon variant="subtle" color="red" aria-label={`${t.canned.remove}: ${c.shortcut}`} onClick={() => attempt(desk.deleteReply(c.id))}>
                  <IconTrash size={16} aria-hidden />
                </ActionIcon>
              </>
            )}
          </li>
        ))}
      </ul>
      <form
        className="dialog"
        onSubmit={(e) => {
          e.preventDefault()
          attempt(desk.putReply(draft))
        }}
      >
        <Group grow gap={8} align="flex-start">
          <TextInput label={t.canned.shortcut} value={draft.shortcut} onChange={(e) => setDraft({ ...draft, shortcut: e.currentTarget.value.replace(/^\/+/, '') })} leftSection="/" maxLength={40} required data-autofocus />
          <Select label={t.language} value={draft.language ?? ''} onChange={(v) => setDraft({ ...draft, language: v ?? '' })} data={[{ value: '', label: '–' }, ...['en', 'zh-CN'].map((l) => ({ value: l, label: tongue(l, locale) }))]} />
        </Group>
        <Textarea label={t.canned.text} description={t.canned.vars} value={draft.text} onChange={(e) => setDraft({ ...draft, text: e.currentTarget.value })} maxLength={4000} autosize minRows={2} maxRows={8} required />
        {senior && <Checkbox label={t.canned.team} checked={draft.team} onChange={(e) => setDraft({ ...draft, team: e.currentTarget.checked })} />}
        {error && <p className="bad" role="alert">{error}</p>}
        <Group justify="flex-end" gap={8}>
          {draft.id && (
            <Button variant="default" onClick={() => setDraft(blank)}>
              {t.cancel}
            </Button>
          )}
          <Button type="submit" loading={busy} disabled={!draft.shortcut || !draft.text.trim()}>
            {draft.id ? t.canned.save : t.canned.add}
          </Button>
        </Group>
      </form>
    </Modal>
  )
}
