import { Button, SegmentedControl, Textarea } from '@mantine/core'
import { IconLock, IconSend } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { filled, matching, mentioned, tokenAt, type Token } from '../core/canned'
import { desk, type Canned, type Person } from '../core/desk'
import { whyNot } from '../core/trouble'
import { Completer, ofPeople, ofReplies, type Choice } from './Completer'
import { useDeskHere } from './context'

const kept = (id: string, note: boolean) => `parley.draft.${id}.${note ? 'note' : 'reply'}`

interface Props {
  id: string
  may: boolean // write to the customer
  note: boolean
  setNote: (note: boolean) => void
  put: Put
  replies: Canned[]
  people: Person[] // colleagues that a note can call
  known: Record<string, string | undefined> // what ready replies are filled with
  language: string
}

// Put is text for the line where one writes: it comes after what stands there, and replaces nothing.
export interface Put { n: number; text: string }

// Reply is where one writes: to the customer, or a note for colleagues. What was not sent
// is kept for each conversation, also over a reload.
export function Reply({ id, may, note, setNote, put, replies, people, known, language }: Props) {
  const { t, tell } = useDeskHere()
  const asNote = note || !may
  const [text, setText] = useState('')
  const [busy, setBusy] = useState(false)
  const [failed, setFailed] = useState('')
  const key = useRef('')
  const typed = useRef(0)
  const box = useRef<HTMLTextAreaElement>(null)
  const [token, setToken] = useState<Token>()
  const [at, setAt] = useState(0)
  const choices: Choice[] = !token ? [] : token.kind === '/' ? (asNote ? [] : ofReplies(matching(replies, token.word, language))) : asNote ? ofPeople(people, token.word) : []
  useEffect(() => {
    setText(sessionStorage.getItem(kept(id, asNote)) ?? '')
    setFailed('')
    key.current = ''
  }, [id, asNote])
  const change = (v: string) => {
    setText(v)
    key.current = '' // other words are another message
    if (v) sessionStorage.setItem(kept(id, asNote), v)
    else sessionStorage.removeItem(kept(id, asNote))
    if (!asNote && v && Date.now() - typed.current > 3000) {
      typed.current = Date.now()
      desk.typing(id).catch(() => undefined)
    }
  }
  const seen = useRef(put.n)
  useEffect(() => {
    if (put.n === seen.current) return
    seen.current = put.n
    const had = sessionStorage.getItem(kept(id, asNote)) ?? ''
    change(had.trim() ? `${had.trimEnd()}\n${put.text}` : put.text)
    document.getElementById('deskreply')?.focus()
  })
  const send = () => {
    const words = text.trim()
    if (!words || busy) return
    setBusy(true)
    setFailed('')
    key.current ||= crypto.randomUUID?.() ?? String(Math.random())
    desk.say(id, words, asNote, key.current, asNote ? mentioned(words, people) : []).then(
      () => {
        sessionStorage.removeItem(kept(id, asNote))
        setText((now) => (now.trim() === words ? '' : now))
        key.current = ''
        setBusy(false)
      },
      (err: unknown) => {
        setBusy(false)
        const why = whyNot(err, t)
        setFailed(why)
        tell(`${t.failed}: ${why}`, true)
      },
    )
  }
  const choose = (c: Choice) => {
    if (!token) return
    const said = token.kind === '/' ? filled(c.text, known) : `${c.name} `
    change(text.slice(0, token.from) + said + text.slice(token.to))
    setToken(undefined)
    const caret = token.from + said.length
    setTimeout(() => box.current?.setSelectionRange(caret, caret))
  }
  return (
    <form
      className={asNote ? 'reply asnote' : 'reply'}
      onSubmit={(e) => {
        e.preventDefault()
        send()
      }}
    >
      <div className="replyhead">
        <SegmentedControl
          size="xs" value={asNote ? 'note' : 'reply'} onChange={(v) => setNote(v === 'note')} aria-label={t.reply}
          data={[{ value: 'reply', label: t.toReply, disabled: !may }, { value: 'note', label: t.toNote }]}
        />
        <span className="dim small clip grow">{asNote ? t.canned.hintNote : `${t.enter} · ${t.canned.hint}`}</span>
        {failed && (
          <span className="bad small clip" role="alert">
            {t.failed}: {failed}
          </span>
        )}
      </div>
      <div className="replybox">
        {token && choices.length > 0 && <Completer kind={token.kind} choices={choices} at={Math.min(at, choices.length - 1)} choose={choose} />}
        <Textarea
          id="deskreply" ref={box} value={text} aria-autocomplete="list" aria-controls={choices.length > 0 ? 'deskcompleter' : undefined} aria-activedescendant={choices.length > 0 ? `deskchoice${Math.min(at, choices.length - 1)}` : undefined}
          onBlur={() => setToken(undefined)}
          onChange={(e) => {
            change(e.currentTarget.value)
            setToken(tokenAt(e.currentTarget.value, e.currentTarget.selectionStart))
            setAt(0)
          }} placeholder={asNote ? t.writeNote : t.write} aria-label={asNote ? t.writeNote : t.write}
          autosize minRows={2} maxRows={8} maxLength={8000} className="grow"
          onKeyDown={(e) => {
            if (choices.length > 0 && !e.nativeEvent.isComposing) {
              const step = { ArrowDown: 1, ArrowUp: -1 }[e.key]
              const picked = choices[Math.min(at, choices.length - 1)]
              if (step !== undefined) setAt((Math.min(at, choices.length - 1) + step + choices.length) % choices.length)
              else if (e.key === 'Escape') setToken(undefined)
              else if ((e.key === 'Enter' || e.key === 'Tab') && picked) choose(picked)
              if (step !== undefined || ['Escape', 'Enter', 'Tab'].includes(e.key)) {
                e.preventDefault()
                return
              }
            }
            if (e.key === 'Enter' && !e.shiftKey && !e.nativeEvent.isComposing) {
              e.preventDefault()
              send()
            }
            if (e.key === 'Escape') e.currentTarget.blur()
          }}
        />
        <Button type="submit" loading={busy} disabled={!text.trim()} leftSection={asNote ? <IconLock size={15} aria-hidden /> : <IconSend size={15} aria-hidden />}>
          {asNote ? t.sendNote : failed ? t.again : t.send}
        </Button>
      </div>
    </form>
  )
}
