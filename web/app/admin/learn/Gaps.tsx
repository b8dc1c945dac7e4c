import { Button } from '@mantine/core'
import { IconMessageCheck, IconPencilPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { admin, type Gap } from '../../core/admin'
import { link } from '../../core/route'
import { may, useHere, when } from '../context'
import { Empty, Show, why } from '../ui/State'
import { useLoad } from '../useLoad'

export function Gaps() {
  const { t, me, locale, tell } = useHere()
  const list = useLoad<Gap[]>(() => admin.gaps(), [])
  const [error, setError] = useState('')
  const close = async (g: Gap) => {
    setError('')
    try {
      await admin.closeGap(g.id)
      list.set((list.data ?? []).filter((x) => x.id !== g.id))
      tell(t.gaps.closed)
    } catch (err) {
      setError(why(err, t.offline))
    }
  }
  return (
    <Show of={list}>
      {(gaps) =>
        gaps.length === 0 ? (
          <Empty icon={<IconMessageCheck size={28} />} title={t.gaps.empty} text={t.gaps.emptyMore} />
        ) : (
          <>
            {error && (
              <p className="bad" role="alert">
                {error}
              </p>
            )}
            <ul className="card rows">
              {gaps.map((g) => (
                <li key={g.id}>
                  <span className="count" title={t.gaps.count}>
                    {g.count}×
                  </span>
                  <div className="grow">
                    <div className="strong">{g.question}</div>
                    <div className="dim small">
                      {t.gaps.last} {when(g.last_at, locale)} · {g.language} · {g.conversations.length} {t.gaps.conversations}
                    </div>
                  </div>
                  {may(me, 'supervisor') && (
                    <div className="actions">
                      <Button size="compact-sm" variant="subtle" color="gray" onClick={() => void close(g)}>
                        {t.gaps.close}
                      </Button>
                      <Button size="compact-sm" variant="default" component="a" href={link('documents', { new: '1', title: g.question, gap: g.id })} leftSection={<IconPencilPlus size={15} aria-hidden />}>
                        {t.gaps.write}
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
