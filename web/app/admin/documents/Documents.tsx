import { Button, TextInput } from '@mantine/core'
import { IconFileText, IconLink, IconPencilPlus, IconSearch, IconUpload } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { admin, type Doc } from '../../core/admin'
import { link } from '../../core/route'
import { may, useHere, when } from '../context'
import { Empty, Show } from '../ui/State'
import { useLoad } from '../useLoad'
import { FromURL } from './FromURL'
import { State } from './DocState'
import { UploadList, useUploads } from './Upload'
import { Vectors } from './Vectors'

export function Documents() {
  const { t, me } = useHere()
  const list = useLoad(() => admin.documents(), [])
  const uploads = useUploads(list.reload)
  const [over, setOver] = useState(false)
  const [url, setURL] = useState(false)
  const [filter, setFilter] = useState('')
  const file = useRef<HTMLInputElement>(null)
  const busy = list.data?.some((d) => d.state === 'queued' || d.state === 'reading')
  const { reload } = list
  useEffect(() => {
    if (!busy) return
    const timer = setTimeout(reload, 1500)
    return () => clearTimeout(timer)
  }, [busy, list.data, reload])
  const writes = may(me, 'supervisor')
  const add = (files: FileList | null) => files && uploads.add([...files])
  return (
    <div
      className={over ? 'droparea over' : 'droparea'}
      onDragOver={(e) => {
        if (!writes || !e.dataTransfer.types.includes('Files')) return
        e.preventDefault()
        setOver(true)
      }}
      onDragLeave={(e) => e.currentTarget.contains(e.relatedTarget as Node | null) || setOver(false)}
      onDrop={(e) => {
        if (!writes) return
        e.preventDefault()
        setOver(false)
        add(e.dataTransfer.files)
      }}
    >
      {over && (
        <div className="dropcue">
          <IconUpload size={28} aria-hidden />
          {t.docs.drop}
        </div>
      )}
      <div className="toolbar">
        <TextInput className="grow" size="sm" leftSection={<IconSearch size={15} aria-hidden />} placeholder={t.docs.filter} aria-label={t.docs.filter} value={filter} onChange={(e) => setFilter(e.currentTarget.value)} />
        {writes && (
          <div className="actions">
            <input ref={file} type="file" multiple hidden onChange={(e) => add(e.currentTarget.files)} />
            <Button variant="default" leftSection={<IconLink size={16} aria-hidden />} onClick={() => setURL(true)}>
              {t.docs.addURL}
            </Button>
            <Button component="a" href={link('documents', { new: '1' })} variant="default" leftSection={<IconPencilPlus size={16} aria-hidden />}>
              {t.docs.write}
            </Button>
            <Button leftSection={<IconUpload size={16} aria-hidden />} onClick={() => file.current?.click()}>
              {t.docs.addFile}
            </Button>
          </div>
        )}
      </div>
      <UploadList uploads={uploads} />
      <Vectors />
      <Show of={list} rows={8}>
        {(docs) => (docs.length === 0 ? <Empty icon={<IconFileText size={28} />} title={t.docs.empty} text={t.docs.emptyMore} /> : <Table docs={docs.filter((d) => d.title.toLowerCase().includes(filter.trim().toLowerCase()))} />)}
      </Show>
      {url && (
        <FromURL
          close={() => {
            setURL(false)
            reload()
          }}
        />
      )}
    </div>
  )
}

function Table({ docs }: { docs: Doc[] }) {
  const { t, locale } = useHere()
  if (docs.length === 0) return <Empty icon={<IconSearch size={28} />} title={t.docs.noMatch} />
  return (
    <div className="card tablecard">
      <table className="table">
        <thead>
          <tr>
            <th>{t.docs.name}</th>
            <th>{t.docs.state}</th>
            <th className="wide">{t.docs.lang}</th>
            <th className="num wide">{t.docs.version}</th>
            <th className="num wide">{t.docs.passages}</th>
            <th className="num">{t.docs.updated}</th>
          </tr>
        </thead>
        <tbody>
          {docs.map((d) => (
            <tr key={d.id} className="rowlink">
              <td>
                <a href={link('documents', { id: d.id })}>{d.title || d.id}</a>
                {d.error && <div className="bad small clip">{d.error}</div>}
              </td>
              <td>
                <State doc={d} />
              </td>
              <td className="dim wide">{d.language}</td>
              <td className="num dim wide">{d.version || '–'}</td>
              <td className="num dim wide">{d.passages}</td>
              <td className="num dim nowrap">{when(d.updated_at, locale)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
