import { blocks, plain, type Piece } from '../core/rich'

// Rich is what was written for the eye: paragraphs, lists, bold, code and links.
export function Rich({ text }: { text: string }) {
  const bs = blocks(text)
  if (plain(bs)) return <>{text}</>
  return (
    <div className="rich">
      {bs.map((b, i) =>
        b.kind === 'text' ? (
          <p key={i}>
            <Inline of={b.pieces} />
          </p>
        ) : b.numbered ? (
          <ol key={i}>{b.items.map((x, k) => <li key={k}><Inline of={x} /></li>)}</ol>
        ) : (
          <ul key={i}>{b.items.map((x, k) => <li key={k}><Inline of={x} /></li>)}</ul>
        ),
      )}
    </div>
  )
}

function Inline({ of }: { of: Piece[] }) {
  return (
    <>
      {of.map((p, i) =>
        p.href ? (
          <a key={i} href={p.href} target="_blank" rel="noopener noreferrer">
            {p.text}
          </a>
        ) : p.bold ? (
          <strong key={i}>{p.text}</strong>
        ) : p.code ? (
          <code key={i}>{p.text}</code>
        ) : (
          <span key={i}>{p.text}</span>
        ),
      )}
    </>
  )
}
