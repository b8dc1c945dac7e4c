import { ActionIcon, Button, TextInput } from '@mantine/core'
import { IconFileText, IconRefresh, IconSearch, IconSend2, IconSparkles } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { link } from '../../core/route'
import type { Line } from '../../core/transcript'
import { useHere } from '../context'
import { Empty, why } from '../ui/State'
import { useChat } from './useChat'

export function Chat({ look }: { look: (q: string) => void }) {
  const { t, locale } = useHere()
  const chat = useChat(locale)
  const [text, setText] = useState('')
  const [error, setError] = useState('')
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (box.current) box.current.scrollTop = box.current.scrollHeight
  }, [chat.transcript, chat.waiting])
  const submit = async () => {
    const what = text.trim()
    if (!what) return
    setText('')
    setError('')
    try {
      await chat.say(what)
    } catch (err) {
      setText((now) => now || what)
      setError(why(err, t.offline))
    }
  }
  const quiet = chat.transcript.lines.length === 0
  return (
    <section className="card benchpart" aria-label={t.tryIt.chatTitle}>
      <div className="between pad chathead">
        <strong>{t.tryIt.chatTitle}</strong>
        <Button size="compact-sm" variant="subtle" color="gray" leftSection={<IconRefresh size={15} aria-hidden />} disabled={quiet} onClick={chat.fresh}>
          {t.tryIt.fresh}
        </Button>
      </div>
      <div ref={box} className="scroll lines" role="log" aria-live="polite" aria-label={t.tryIt.chatTitle} tabIndex={0}>
        {quiet && !chat.waiting && <Empty icon={<IconSparkles size={28} />} title={t.tryIt.chatHint} />}
        {chat.transcript.lines.map((l) => (
          <LineView key={l.key} line={l} look={look} />
        ))}
        {chat.waiting && <div className="dim small">{t.tryIt.thinking}</div>}
        {chat.link === 'lost' && <div className="bad small">{t.tryIt.lost}</div>}
      </div>
      <form
        className="composer"
        onSubmit={(e) => {
          e.preventDefault()
          void submit()
        }}
      >
        <TextInput className="grow" aria-label={t.tryIt.write} placeholder={t.tryIt.write} value={text} error={error || (chat.over && t.tryIt.over)} onChange={(e) => setText(e.currentTarget.value)} autoComplete="off" />
        <ActionIcon type="submit" size={36} aria-label={t.tryIt.send} disabled={!text.trim()}>
          <IconSend2 size={18} />
        </ActionIcon>
      </form>
    </section>
  )
}

function LineView({ line, look }: { line: Line; look: (q: string) => void }) {
  const { t } = useHere()
  const mine = line.from === 'customer'
  return (
    <div className={mine ? 'line mine' : 'line'}>
      <div className="bubble">
        <span className="sr">{mine ? t.tryIt.you : t.tryIt.bot}: </span>
        {line.text}
      </div>
      {mine && (
        <button type="button" className="lookup small" onClick={() => look(line.text)}>
          <IconSearch size={12} aria-hidden /> {t.tryIt.searchSame}
        </button>
      )}
      {line.citations.map((c) => (
        <a key={c.passage} className="cite small" href={link('documents', { id: c.document, quote: c.quote })}>
          <IconFileText size={13} aria-hidden /> {t.tryIt.source}: {c.title}
        </a>
      ))}
    </div>
  )
}
