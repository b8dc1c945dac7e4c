import { Button } from '@mantine/core'
import { IconMessageCheck, IconPencilPlus } from '@tabler/icons-react'
import { admin, type Gap } from '../../core/admin'
import { link } from '../../core/route'
import { may, useHere, when } from '../context'
import { useLoad } from '../useLoad'
import { List } from './List'

export function Gaps() {
  const { t, me, locale, tell } = useHere()
  const list = useLoad<Gap[]>(() => admin.gaps(), [])
  const close = async (g: Gap) => {
    await admin.closeGap(g.id)
    tell(t.gaps.closed)
  }
  return (
    <List
      of={list} icon={<IconMessageCheck size={28} />} empty={t.gaps.empty} more={t.gaps.emptyMore}
      row={(g, decide) => (
        <>
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
              <Button size="compact-sm" variant="subtle" color="gray" onClick={() => decide(() => close(g))}>
                {t.gaps.close}
              </Button>
              <Button size="compact-sm" variant="default" component="a" href={link('documents', { new: '1', title: g.question, gap: g.id })} leftSection={<IconPencilPlus size={15} aria-hidden />}>
                {t.gaps.write}
              </Button>
            </div>
          )}
        </>
      )}
    />
  )
}
