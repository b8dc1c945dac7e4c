import { Button, Drawer, Loader } from '@mantine/core'
import { useEffect, useState } from 'react'
import { insight, type Row, type Talk } from '../core/insight'
import { useHere } from './context'
import { Table } from './Panel'

// Behind lists the conversations behind something.
export function Behind({ title, path, close }: { title: string; path: string; close: () => void }) {
  const { t, locale } = useHere()
  const [list, setList] = useState<Talk[]>()
  const [next, setNext] = useState('')
  const [failed, setFailed] = useState(false)
  const read = (cursor: string, before: Talk[]) =>
    insight.talks(path, cursor).then(
      (r) => {
        setList([...before, ...r.items])
        setNext(r.next ?? '')
      },
      () => setFailed(true),
    )
  useEffect(() => {
    setList(undefined)
    setFailed(false)
    void read('', [])
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [path])
  return (
    <Drawer opened onClose={close} position="right" size="xl" title={t.open(title)} closeButtonProps={{ 'aria-label': t.close }}>
      {failed ? (
        <p role="alert">{t.failed}</p>
      ) : !list ? (
        <Loader size="sm" role="status" aria-label={t.loading} />
      ) : list.length === 0 ? (
        <p className="dim">{t.noTalks}</p>
      ) : (
        <>
          <Table
            rows={list as unknown as Row[]}
            columns={['began_at', 'via', 'language', 'matter', 'turns', 'handle_ms', 'score']}
            name={(r, c) => (c === 'began_at' ? new Date(String(r.began_at)).toLocaleString(locale, { dateStyle: 'short', timeStyle: 'short' }) : (c === 'score' || c === 'handle_ms') && r[c] === 0 ? '–' : undefined)}
            pick={(r) => window.open(`/supervisor/conversation?id=${encodeURIComponent(String(r.conversation))}`, '_blank', 'noopener')}
          />
          {next && (
            <Button variant="default" size="compact-sm" mt={12} onClick={() => void read(next, list)}>
              {t.more}
            </Button>
          )}
        </>
      )}
    </Drawer>
  )
}
