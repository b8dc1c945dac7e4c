import { Button, Group, Modal, NativeSelect, TextInput } from '@mantine/core'
import { useState } from 'react'
import { admin, type Role, type User } from '../../core/admin'
import { tags } from '../../core/botform'
import { useHere } from '../context'
import { why } from '../ui/State'

const roles: Role[] = ['agent', 'supervisor', 'admin']

// password is one that nobody guesses: 16 letters and digits that are not taken for others.
function password(): string {
  const letters = 'abcdefghjkmnpqrstuvwxyz23456789'
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => letters[b % letters.length]).join('')
}

// Person adds or changes one of the staff.
export function Person({ user, close, done }: { user?: User; close: () => void; done: () => void }) {
  const { t, tell } = useHere()
  const [email, setEmail] = useState(user?.email ?? '')
  const [name, setName] = useState(user?.name ?? '')
  const [role, setRole] = useState<Role>(user?.role ?? 'agent')
  const [pass, setPass] = useState('')
  const [queues, setQueues] = useState((user?.queues ?? []).join(' '))
  const [skills, setSkills] = useState((user?.skills ?? []).join(' '))
  const [teams, setTeams] = useState((user?.teams ?? []).join(' '))
  const [error, setError] = useState('')
  const [busy, setBusy] = useState(false)
  const submit = async () => {
    setBusy(true)
    const common = { name: name.trim(), role, queues: tags(queues), skills: tags(skills), teams: tags(teams) }
    try {
      if (user) await admin.changeUser(user.id, { ...common, ...(pass ? { password: pass } : {}) })
      else await admin.addUser({ ...common, email: email.trim(), password: pass })
      tell(t.saved)
      done()
    } catch (err) {
      setError(why(err, t.offline))
      setBusy(false)
    }
  }
  return (
    <Modal opened onClose={close} title={user ? user.email : t.staff.add} centered closeButtonProps={{ 'aria-label': t.close }}>
      <form
        className="form"
        onSubmit={(e) => {
          e.preventDefault()
          void submit()
        }}
      >
        {!user && <TextInput label={t.email} type="email" required withAsterisk={false} value={email} onChange={(e) => setEmail(e.currentTarget.value)} data-autofocus autoComplete="off" />}
        <TextInput label={t.staff.name} value={name} onChange={(e) => setName(e.currentTarget.value)} autoComplete="off" />
        <NativeSelect label={t.staff.role} description={t.staff.can[role]} data={roles.map((r) => ({ value: r, label: t.staff.roles[r] }))} value={role} onChange={(e) => setRole(e.currentTarget.value as Role)} />
        <div className="inlineform">
          <TextInput className="grow" label={user ? t.staff.newPassword : t.staff.password} description={user ? t.staff.newPasswordHint : t.staff.passwordHint} required={!user} withAsterisk={false} minLength={8} value={pass} onChange={(e) => setPass(e.currentTarget.value)} autoComplete="new-password" />
          <Button variant="default" onClick={() => setPass(password())}>
            {t.staff.generate}
          </Button>
        </div>
        <div className="two">
          <TextInput label={t.staff.queues} description={t.staff.wordsHint} value={queues} onChange={(e) => setQueues(e.currentTarget.value)} />
          <TextInput label={t.staff.skills} description={t.staff.wordsHint} value={skills} onChange={(e) => setSkills(e.currentTarget.value)} />
        </div>
        {role === 'supervisor' && <TextInput label={t.staff.teams} description={t.staff.teamsHint} value={teams} onChange={(e) => setTeams(e.currentTarget.value)} />}
        {error && (
          <p className="bad" role="alert">
            {error}
          </p>
        )}
        <Group justify="flex-end" gap={8}>
          <Button variant="default" onClick={close}>
            {t.cancel}
          </Button>
          <Button type="submit" loading={busy}>
            {t.save}
          </Button>
        </Group>
      </form>
    </Modal>
  )
}
