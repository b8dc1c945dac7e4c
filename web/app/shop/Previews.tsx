import { ActionIcon } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
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

// Preview shows a file; one that the browser cannot show keeps its place and name.
export function Preview({ file, alt }: { file: File; alt: string }) {
  const src = useFile(file)
  return <span className="thumb">{src && <img src={src} alt={alt} draggable={false} />}</span>
}
