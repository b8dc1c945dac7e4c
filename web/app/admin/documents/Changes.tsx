import { Button } from '@mantine/core'
import { IconGitCompare } from '@tabler/icons-react'
import { useState } from 'react'
import { admin, type DiffLine, type FullDoc } from '../../core/admin'
import { fold, sideBySide, type Piece, type Row } from '../../core/sidebyside'
import { useHere } from '../context'
import { Empty, Show } from '../ui/State'
import { useLoad } from '../useLoad'

// Changes is the draft beside what is published.
export function Changes({ doc }: { doc: FullDoc }) {
  const { t } = useHere()
  const lines = useLoad<DiffLine[]>(() => (doc.draft ? admin.diff(doc.id, doc.version, 'draft') : Promise.resolve([])), [doc.id, doc.version, doc.draft, doc.draft_text])
  if (!doc.draft) return <Empty icon={<IconGitCompare size={28} />} title={t.docs.noDraft} text={t.docs.noDraftMore} />
  return <Show of={lines}>{(l) => <SideBySide lines={l} left={t.docs.now} right={t.docs.then} />}</Show>
}

export function SideBySide({ lines, left, right }: { lines: DiffLine[]; left: string; right: string }) {
  const { t } = useHere()
  const [shown, setShown] = useState<number[]>([])
  return (
    <div className="card diff" role="table" aria-label={`${left} / ${right}`} tabIndex={0}>
      <div className="diffrow diffhead" role="row">
        <div role="columnheader">{left}</div>
        <div role="columnheader">{right}</div>
      </div>
      {fold(sideBySide(lines)).map((f, i) =>
        'hidden' in f && !shown.includes(i) ? (
          <div key={i} role="row" className="foldrow">
            <div role="cell">
              <Button size="compact-xs" variant="subtle" color="gray" onClick={() => setShown([...shown, i])}>
                {f.hidden} {t.docs.unchanged} · {t.docs.show}
              </Button>
            </div>
          </div>
        ) : (
          f.rows.map((r, j) => <Line key={`${i}.${j}`} row={r} />)
        ),
      )}
    </div>
  )
}

function Line({ row }: { row: Row }) {
  return (
    <div className={row.same ? 'diffrow' : 'diffrow changed'} role="row">
      <Side pieces={row.left} kind="del" same={row.same} />
      <Side pieces={row.right} kind="ins" same={row.same} />
    </div>
  )
}

function Side({ pieces, kind, same }: { pieces?: Piece[]; kind: 'del' | 'ins'; same: boolean }) {
  const Tag = kind
  return (
    <div role="cell" className={pieces && !same ? `side ${kind}` : 'side'}>
      <span className="sign" aria-hidden>
        {pieces && !same ? (kind === 'del' ? '−' : '+') : ''}
      </span>
      <span>{pieces?.map((p, i) => (p.changed ? <Tag key={i}>{p.text}</Tag> : <span key={i}>{p.text}</span>))}</span>
    </div>
  )
}
