import { Button, PasswordInput, TextInput } from '@mantine/core'
import { IconMessageCircle2Filled } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { admin, type User } from '../core/admin'
import type { Words } from '../core/adminwords'
import { ApiError, capabilities } from '../core/api'
import { why } from './ui/State'

export function SignIn({ t, expired, done }: { t: Words; expired: boolean; done: (u: User) => void }) {
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [error, setError] = useState(() => t.signOnFailed[new URLSearchParams(location.search).get('signin') ?? ''] ?? '')
  const [company, setCompany] = useState('')
  const [busy, setBusy] = useState(false)
  useEffect(() => {
    capabilities().then((c) => setCompany(c.sign_on ?? ''), () => {})
  }, [])
  const submit = async () => {
    setBusy(true)
    setError('')
    try {
      done(await admin.login(email, password))
    } catch (err) {
      const status = err instanceof ApiError ? err.problem.status : 0
      setError(status === 401 ? t.signInWrong : status === 429 ? t.signInSlow : why(err, t.offline))
      setBusy(false)
    }
  }
  return (
    <main className="signin">
      <form
        className="card signcard"
        onSubmit={(e) => {
          e.preventDefault()
          void submit()
        }}
      >
        <IconMessageCircle2Filled size={28} className="mark" aria-hidden />
        <h1>{t.title}</h1>
        <p className="dim">{expired ? t.expired : t.signInLead}</p>
        {company && (
          <Button component="a" href={`/v1/login/oidc?to=${encodeURIComponent(location.pathname.replace(/\/$/, ''))}`} variant="default" fullWidth>
            {t.signOn(company)}
          </Button>
        )}
        <TextInput label={t.email} type="email" autoComplete="username" value={email} onChange={(e) => setEmail(e.currentTarget.value)} required withAsterisk={false} autoFocus />
        <PasswordInput label={t.password} autoComplete="current-password" value={password} onChange={(e) => setPassword(e.currentTarget.value)} required withAsterisk={false} />
        <p className="bad signerror" role="alert">
          {error}
        </p>
        <Button type="submit" fullWidth loading={busy}>
          {t.signIn}
        </Button>
      </form>
    </main>
  )
}
