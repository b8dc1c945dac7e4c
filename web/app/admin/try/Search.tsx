import { TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useEffect, useState, type ReactNode } from 'react'
import { admin, type Hit } from '../../core/admin'
import { mark } from '../../core/mark'
import { link } from '../../core/route'
import { useHere } from '../context'
import { Empty, Show } from '../ui/State'
import { useLoad } from '../useLoad'

export function Search({ q, setQ }: { q: string; setQ: (q: string) => void }) {
  const { t } = useHere()
  const [settled, setSettled] = useState(q)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(q.trim()), 250)
    return () => clearTimeout(timer)
  }, [q])
  const hits = useLoad<Hit[] | null>(() => (settled ? admin.search(settled) : Promise.resolve(null)), [settled])
  return (
    <section className="card benchpart" aria-label={t.tryIt.searchTitle}>
      <div className="pad searchbox">
        <TextInput leftSection={<IconSearch size={16} aria-hidden />} label={t.tryIt.searchLabel} value={q} onChange={(e) => setQ(e.currentTarget.value)} type="search" autoComplete="off" />
      </div>
      <div className="scroll" aria-live="polite" aria-busy={hits.loading} tabIndex={0}>
        <Show of={hits} rows={4}>
          {(list) =>
            list === null ? (
              <Empty icon={<IconSearch size={28} />} title={t.tryIt.searchHint} />
            ) : list.length === 0 ? (
              <Empty icon={<IconSearch size={28} />} title={t.tryIt.nothing} text={t.tryIt.nothingMore} />
            ) : (
              <ol className="hits">
                {list.map((h) => (
                  <HitView key={h.passage} h={h} best={list[0]!.score} />
                ))}
              </ol>
            )
          }
        </Show>
      </div>
    </section>
  )
}

const percent = (x: number) => `${Math.round(Math.min(1, Math.max(0, x)) * 100)} %`

function HitView({ h, best }: { h: Hit; best: number }) {
  const { t } = useHere()
  return (
    <li>
      <div className="between">
        <a href={link('documents', { id: h.document, quote: h.text })} className="strong">
          {h.title}
        </a>
        <span className="dim small num nowrap" title={t.tryIt.score}>
          {h.score.toFixed(2)}
        </span>
      </div>
      <div className="scorebar" aria-hidden>
        <span style={{ width: `${best > 0 ? (100 * h.score) / best : 0}%` }} />
      </div>
      <p className="hittext">{marked(h.text, h.why.words)}</p>
      <div className="why dim small">
        <span>
          {percent(h.why.coverage)} {t.tryIt.coverage}
        </span>
        {h.why.likeness > 0 && (
          <span>
            {percent(h.why.likeness)} {t.tryIt.likeness}
          </span>
        )}
        {h.why.words.length > 0 && (
          <span>
            {t.tryIt.words}: {h.why.words.slice(0, 12).join(' · ')}
          </span>
        )}
      </div>
    </li>
  )
}

function marked(text: string, words: string[]): ReactNode[] {
  return mark(text, words).map((p, i) => (p.found ? <mark key={i}>{p.text}</mark> : <span key={i}>{p.text}</span>))
}
