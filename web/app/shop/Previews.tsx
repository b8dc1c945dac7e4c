import { ActionIcon } from '@mantine/core'
import { IconPhotoOff, IconX } from '@tabler/icons-react'
import { useState } from 'react'
import type { Catalog } from '../core/catalog'
import { useFile } from './usePicture'

// Previews are the pictures chosen for the next message; each can be taken out.
export function Previews({ t, files, remove }: { t: Catalog; files: File[]; remove: (i: number) => void }) {
  return (
    <ul className="previews" aria-label={t.pictures.chosen}>
      {files.map((f, i) => (
        <li key={`${f.name} ${f.size} ${f.lastModified} ${i}`}>
          <Preview file={f} alt={`${t.pictures.one} ${i + 1}: ${f.name}`} />
          <ActionIcon size={24} radius="xl" variant="default" className="takeout" aria-label={`${t.pictures.remove} ${i + 1}`} onClick={() => remove(i)}>
            <IconX size={14} />
          </ActionIcon>
        </li>
      ))}
    </ul>
  )
}

// Preview shows a file; one that the browser cannot show keeps its place.
export function Preview({ file, alt }: { file: File; alt: string }) {
  const src = useFile(file)
  const [broken, setBroken] = useState(false)
  return (
    <span className="thumb" role="img" aria-label={alt}>
      {src && !broken && <img src={src} alt="" draggable={false} onError={() => setBroken(true)} />}
      {broken && <IconPhotoOff size={20} stroke={1.6} aria-hidden />}
    </span>
  )
}
