import { Button } from '@mantine/core'
import { IconQuote } from '@tabler/icons-react'
import { useState } from 'react'
import { admin, type Phrasing } from '../../core/admin'
import { link } from '../../core/route'
import { may, useHere, when } from '../context'
import { Empty, Show, why } from '../ui/State'
import { useLoad } from '../useLoad'

export function Phrasings() {
  const { t, me, locale } = useHere()
  const list = useLoad<Phrasing[]>(() => admin.phrasings(), [])
  const [error, setError] = useState('')
  const decide = async (p: Phrasing, what: 'approve' | 'reject') => {
    setError('')
    try {
      await admin.decide(p.id, what)
      list.set((list.data ?? []).filter((x) => x.id !== p.id))
    } catch (err) {
      setError(why(err, t.offline))
    }
  }
  return (
    <Show of={list}>
      {(ps) =>
        ps.length === 0 ? (
          <Empty icon={<IconQuote size={28} />} title={t.phrasings.empty} text={t.phrasings.emptyMore} />
        ) : (
          <>
            {error && (
              <p className="bad" role="alert">
                {error}
              </p>
            )}
            <ul className="card rows">
              {ps.map((p) => (
                <li key={p.id}>
                  <div className="grow">
                    <div className="dim small">{t.phrasings.asks}</div>
                    <div className="strong">{p.text}</div>
                    <div className="dim small">
                      {t.phrasings.finds} <a href={link('documents', { id: p.document })}>{p.title}</a> · {p.from === 'model' ? t.phrasings.from.model : t.phrasings.from.conversation} · {when(p.at, locale)}
                    </div>
                  </div>
                  {may(me, 'supervisor') && (
                    <div className="actions">
                      <Button size="compact-sm" variant="subtle" color="gray" onClick={() => void decide(p, 'reject')}>
                        {t.phrasings.reject}
                      </Button>
                      <Button size="compact-sm" onClick={() => void decide(p, 'approve')}>
                        {t.phrasings.approve}
                      </Button>
                    </div>
                  )}
                </li>
              ))}
            </ul>
          </>
        )
      }
    </Show>
  )
}
