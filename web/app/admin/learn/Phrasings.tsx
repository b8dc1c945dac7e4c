import { Button } from '@mantine/core'
import { IconQuote } from '@tabler/icons-react'
import { admin, type Phrasing } from '../../core/admin'
import { link } from '../../core/route'
import { may, useHere, when } from '../context'
import { useLoad } from '../useLoad'
import { List } from './List'

export function Phrasings() {
  const { t, me, locale } = useHere()
  const list = useLoad<Phrasing[]>(() => admin.phrasings(), [])
  return (
    <List
      of={list} icon={<IconQuote size={28} />} empty={t.phrasings.empty} more={t.phrasings.emptyMore}
      row={(p, decide) => (
        <>
          <div className="grow">
            <div className="dim small">{t.phrasings.asks}</div>
            <div className="strong">{p.text}</div>
            <div className="dim small">
              {t.phrasings.finds} <a href={link('documents', { id: p.document })}>{p.title}</a> · {p.from === 'model' ? t.phrasings.from.model : t.phrasings.from.conversation} · {when(p.at, locale)}
            </div>
          </div>
          {may(me, 'supervisor') && (
            <div className="actions">
              <Button size="compact-sm" variant="subtle" color="gray" onClick={() => decide(() => admin.decide(p.id, 'reject'))}>
                {t.phrasings.reject}
              </Button>
              <Button size="compact-sm" onClick={() => decide(() => admin.decide(p.id, 'approve'))}>
                {t.phrasings.approve}
              </Button>
            </div>
          )}
        </>
      )}
    />
  )
}
