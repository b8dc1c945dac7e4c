import { Button, Tabs, Textarea, TextInput } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { admin, type FullDoc } from '../../core/admin'
import { link } from '../../core/route'
import { may, useHere, when } from '../context'
import { Confirm } from '../ui/Confirm'
import { why } from '../ui/State'
import { Changes } from './Changes'
import { State } from './DocState'
import { Questions } from './Questions'
import { Versions } from './Versions'

interface Props {
  doc: FullDoc
  quote?: string
  gap?: string
  reload: () => void
}

// Editor changes a text in three steps: write, look at what changes, publish.
export function Editor({ doc, quote, gap, reload }: Props) {
  const { t, me, locale, tell } = useHere()
  const writes = may(me, 'supervisor')
  const kept = doc.draft ? (doc.draft_text ?? doc.text) : doc.text
  const [title, setTitle] = useState(doc.title)
  const [text, setText] = useState(kept)
  const [tab, setTab] = useState<string | null>('text')
  const [busy, setBusy] = useState('')
  const [error, setError] = useState('')
  const [removing, setRemoving] = useState(false)
  const dirty = text !== kept || title !== doc.title
  const box = useRef<HTMLTextAreaElement>(null)
  useQuote(box, quote, text)
  useEffect(() => {
    if (!dirty) return
    const f = (e: BeforeUnloadEvent) => e.preventDefault()
    addEventListener('beforeunload', f)
    return () => removeEventListener('beforeunload', f)
  }, [dirty])
  const act = async (what: string, run: () => Promise<unknown>, done: string) => {
    setBusy(what)
    setError('')
    try {
      await run()
      tell(done)
      reload()
      return true
    } catch (err) {
      setError(why(err, t.offline))
      return false
    } finally {
      setBusy('')
    }
  }
  const save = async () => {
    let id = doc.id
    const ok = await act('save', async () => {
      if (id) await admin.change(id, { title, text, draft: true })
      else id = (await admin.write({ title, text, draft: true })).id
    }, t.docs.draftSaved)
    if (ok && !doc.id) location.hash = link('documents', { id, ...(gap ? { gap } : {}) })
    else if (ok) setTab('changes')
  }
  const publish = () =>
    act('publish', async () => {
      if (dirty) await admin.change(doc.id, { title, text, draft: true })
      await admin.publish(doc.id)
      if (gap) await admin.closeGap(gap).catch(() => undefined) // it may have been closed meanwhile
      setTab('text')
    }, t.docs.published)
  const discard = () =>
    act('discard', async () => {
      await admin.discard(doc.id)
      setText(doc.text)
      setTab('text')
    }, t.saved)
  return (
    <div className="document">
      <div className="dochead">
        <div className="doctitle">
          <TextInput aria-label={t.docs.name} placeholder={t.docs.newTitle} value={title} onChange={(e) => setTitle(e.currentTarget.value)} readOnly={!writes} variant="unstyled" className="titleinput" />
          {doc.id && (
            <div className="docmeta dim small">
              <State doc={doc} />
              {doc.version > 0 && <span>{t.docs.versionOf} {doc.version}</span>}
              <span>
                {doc.passages} {t.docs.passages.toLowerCase()}
              </span>
              {doc.source && <span className="clip">{doc.source}</span>}
              <span>{when(doc.updated_at, locale)}</span>
            </div>
          )}
        </div>
        {writes && (
          <div className="actions">
            {doc.id && (
              <Button variant="subtle" color="gray" leftSection={<IconTrash size={16} aria-hidden />} onClick={() => setRemoving(true)}>
                {t.remove}
              </Button>
            )}
            {doc.draft && (
              <Button variant="default" loading={busy === 'discard'} onClick={() => void discard()}>
                {t.docs.discard}
              </Button>
            )}
            <Button variant={dirty ? 'filled' : 'default'} disabled={!dirty || !text.trim() || !title.trim()} loading={busy === 'save'} onClick={() => void save()}>
              {t.docs.saveDraft}
            </Button>
            <Button variant={doc.draft && !dirty ? 'filled' : 'default'} disabled={!doc.draft} loading={busy === 'publish'} onClick={() => void publish()}>
              {t.docs.publish}
            </Button>
          </div>
        )}
      </div>
      {(error || doc.error) && (
        <p className="notice badnotice" role="alert">
          {error || `${t.docs.failedWhy}: ${doc.error}`}
        </p>
      )}
      <Tabs value={tab} onChange={setTab} keepMounted={false} className="tabs">
        <Tabs.List>
          {(['text', 'changes', 'questions', 'versions'] as const).map((x) => (
            <Tabs.Tab key={x} value={x} disabled={!doc.id && x !== 'text'}>
              {t.docs.tabs[x]}
              {x === 'text' && dirty && <span className="dot" title={t.unsaved} />}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="text">
          <Textarea ref={box} aria-label={t.docs.text} value={text} onChange={(e) => setText(e.currentTarget.value)} readOnly={!writes} classNames={{ input: 'editor' }} spellCheck={false} />
          <p className="dim small">{t.docs.textHint}</p>
        </Tabs.Panel>
        <Tabs.Panel value="changes">
          <Changes doc={doc} />
        </Tabs.Panel>
        <Tabs.Panel value="questions">
          <Questions doc={doc} />
        </Tabs.Panel>
        <Tabs.Panel value="versions">
          <Versions doc={doc} reload={reload} />
        </Tabs.Panel>
      </Tabs>
      {removing && (
        <Confirm
          title={t.docs.confirmDelete} text={t.docs.confirmDeleteMore} what={doc.title} action={t.remove} close={() => setRemoving(false)}
          run={async () => {
            await admin.remove(doc.id)
            location.hash = link('documents')
          }}
        />
      )}
    </div>
  )
}

// useQuote selects a cited passage in the text, once.
function useQuote(box: React.RefObject<HTMLTextAreaElement | null>, quote: string | undefined, text: string) {
  const [done, setDone] = useState(false)
  useEffect(() => {
    const b = box.current
    if (!quote || done || !b) return
    const first = quote.split('\n').find((l) => text.includes(l.trim()) && l.trim() !== '')?.trim() ?? ''
    const whole = text.includes(quote)
    const at = whole ? text.indexOf(quote) : first ? text.indexOf(first) : -1
    setDone(true)
    if (at < 0) return
    b.focus()
    b.setSelectionRange(at, at)
    b.scrollTop = Math.max(0, (text.slice(0, at).split('\n').length - 4) * 22)
    b.setSelectionRange(at, at + (whole ? quote.length : first.length))
  }, [box, quote, text, done])
}
