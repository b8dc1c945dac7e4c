import { Button } from '@mantine/core'
import { IconUserPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { admin, type User } from '../../core/admin'
import { useHere, when } from '../context'
import { Confirm } from '../ui/Confirm'
import { Show } from '../ui/State'
import { useLoad } from '../useLoad'
import { Person } from './Person'

export function Staff() {
  const { t, me, locale } = useHere()
  const list = useLoad(() => admin.users(), [])
  const [editing, setEditing] = useState<User | 'new'>()
  const [removing, setRemoving] = useState<User>()
  return (
    <>
      <div className="toolbar end">
        <Button leftSection={<IconUserPlus size={16} aria-hidden />} onClick={() => setEditing('new')}>
          {t.staff.add}
        </Button>
      </div>
      <Show of={list}>
        {(users) => (
          <div className="card tablecard">
            <table className="table">
              <thead>
                <tr>
                  <th>{t.staff.name}</th>
                  <th>{t.staff.role}</th>
                  <th className="wide">{t.staff.skills}</th>
                  <th className="wide num">{t.staff.since}</th>
                  <th>
                    <span className="sr">{t.edit}</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {users.map((u) => (
                  <tr key={u.id}>
                    <td>
                      <div className="strong">
                        {u.name || u.email} {u.id === me.id && <span className="dim">({t.staff.you})</span>}
                      </div>
                      <div className="dim small clip">{u.email}</div>
                    </td>
                    <td>{t.staff.roles[u.role]}</td>
                    <td className="dim wide">{[...(u.queues ?? []), ...(u.skills ?? [])].join(', ')}</td>
                    <td className="dim wide num nowrap">{when(u.created_at, locale)}</td>
                    <td>
                      <div className="actions">
                        <Button size="compact-sm" variant="default" onClick={() => setEditing(u)} aria-label={`${t.staff.edit}: ${u.email}`}>
                          {t.staff.edit}
                        </Button>
                        <Button size="compact-sm" variant="subtle" color="gray" disabled={u.id === me.id} onClick={() => setRemoving(u)} aria-label={`${t.remove}: ${u.email}`}>
                          {t.remove}
                        </Button>
                      </div>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Show>
      {editing && (
        <Person
          user={editing === 'new' ? undefined : editing} close={() => setEditing(undefined)}
          done={() => {
            setEditing(undefined)
            list.reload()
          }}
        />
      )}
      {removing && (
        <Confirm
          title={t.staff.confirmRemove} text={t.staff.confirmRemoveMore} what={removing.email} action={t.remove} close={() => setRemoving(undefined)}
          run={async () => {
            await admin.removeUser(removing.id)
            list.reload()
          }}
        />
      )}
    </>
  )
}
