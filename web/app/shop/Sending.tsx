import { Button } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import type { Catalog } from '../core/catalog'
import { isRefused } from '../core/failure'
import type { Outgoing } from '../core/pictures'
import { Preview } from './Previews'
import { why } from './why'

interface Props {
  t: Catalog
  o: Outgoing
  again: () => void
  change: () => void // back into the composer
}

// Sending is a message with pictures on its way, or one that did not get through.
export function Sending({ t, o, again, change }: Props) {
  const failed = o.state === 'failed'
  return (
    <div className="line customer" data-key={o.key}>
      <div className={`thumbs ${o.files.length === 1 ? 'single' : ''} ${failed ? '' : 'pending'}`}>
        {o.files.map((f, i) => (
          <Preview key={i} file={f} alt={`${t.pictures.one} ${i + 1}: ${f.name}`} />
        ))}
      </div>
      {o.text && <div className="bubble">{o.text}</div>}
      {failed ? (
        <div className="unsent small">
          <span>
            <IconAlertTriangle size={14} aria-hidden /> {why(t, o.err)}
          </span>
          <span className="ways">
            {!isRefused(o.err) && (
              <Button size="compact-sm" variant="default" onClick={again}>
                {t.pictures.again}
              </Button>
            )}
            <Button size="compact-sm" variant="subtle" onClick={change}>
              {t.pictures.change}
            </Button>
          </span>
        </div>
      ) : (
        <div className="understood dim small">
          <span>{t.pictures.sending}</span>
          <span className="track" role="progressbar" aria-label={t.pictures.sending} aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(o.share * 100)}>
            <span className="fill" style={{ transform: `scaleX(${o.share.toFixed(2)})` }} />
          </span>
        </div>
      )}
    </div>
  )
}
