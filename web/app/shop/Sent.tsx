import { Button, Modal } from '@mantine/core'
import { IconAlertTriangle, IconPhotoOff } from '@tabler/icons-react'
import { useState } from 'react'
import type { Catalog } from '../core/catalog'
import { chips } from '../core/pictures'
import type { Picture } from '../core/transcript'
import { usePicture, type Load } from './usePicture'

interface Props {
  t: Catalog
  images: Picture[]
  load: Load
}

// Sent is the pictures of a message, small; each opens large. Their places are kept while they load.
export function Sent({ t, images, load }: Props) {
  const [open, setOpen] = useState<number>()
  const [last, setLast] = useState(0) // the dialog fades with its picture
  const large = images[open ?? last]
  const name = (p: Picture, i: number) => p.seen?.shows || (images.length > 1 ? `${t.pictures.one} ${i + 1}` : t.pictures.one)
  return (
    <>
      <div className={`thumbs ${images.length === 1 ? 'single' : ''}`}>
        {images.map((p, i) => (
          <Thumb
            key={p.url} t={t} url={p.url} name={name(p, i)} load={load}
            open={() => {
              setLast(i)
              setOpen(i)
            }}
          />
        ))}
      </div>
      <Modal opened={open !== undefined} onClose={() => setOpen(undefined)} size="auto" centered title={large && name(large, last)} closeButtonProps={{ 'aria-label': t.pictures.close }} classNames={{ title: 'small' }}>
        {large && <Large t={t} url={large.url} name={name(large, last)} load={load} />}
      </Modal>
    </>
  )
}

function Thumb({ t, url, name, load, open }: { t: Catalog; url: string; name: string; load: Load; open: () => void }) {
  const { src, lost } = usePicture(load, url, true)
  return (
    <button type="button" className="thumb" aria-label={`${t.pictures.open}: ${name}`} onClick={open}>
      {src && <img src={src} alt="" draggable={false} />}
      {lost && <IconPhotoOff size={20} aria-hidden />}
    </button>
  )
}

function Large({ t, url, name, load }: { t: Catalog; url: string; name: string; load: Load }) {
  const { src, lost, again } = usePicture(load, url, false)
  if (!lost) return <div className="large">{src && <img src={src} alt={name} />}</div>
  return (
    <div className="large" role="alert">
      <p className="dim">{t.pictures.lost}</p>
      <Button size="compact-sm" variant="default" onClick={again}>
        {t.pictures.again}
      </Button>
    </div>
  )
}

// Understood is what was read in the pictures of a message, or why nothing was.
export function Understood({ t, images }: { t: Catalog; images: Picture[] }) {
  const p = t.pictures
  return (
    <div className="understood small">
      {images.some((i) => !i.seen) && <span className="dim">{p.reading}</span>}
      {images.map(({ url, seen }, i) => {
        if (!seen) return null
        const found = chips(seen)
        const which = images.length > 1 ? `${p.one} ${i + 1}: ` : ''
        return (
          <span key={url} className="finding">
            {found.length > 0 && (
              <ul aria-label={`${which}${p.understood}`}>
                {found.map((c) => (
                  <li key={c.value} className="chip">
                    <span className="dim">{p.kinds[c.kind] ?? p.kinds.reference}</span> {c.value}
                    {!c.sure && <span className="dim"> ({p.unsure})</span>}
                  </li>
                ))}
              </ul>
            )}
            {seen.kind === 'sticker' && seen.mood && <span className="chip">{p.moods[seen.mood]}</span>}
            {seen.trouble && seen.kind !== 'sticker' && !(seen.trouble === 'notext' && seen.shows) && found.length === 0 && (
              <span className="trouble">
                <IconAlertTriangle size={14} aria-hidden /> {which}
                {p.trouble[seen.trouble]}
              </span>
            )}
          </span>
        )
      })}
    </div>
  )
}
