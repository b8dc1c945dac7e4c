import { ActionIcon, Button, Loader, useComputedColorScheme, useMantineColorScheme } from '@mantine/core'
import { IconCheck, IconMenu2, IconMessageCircle2Filled, IconMoon, IconSun } from '@tabler/icons-react'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { admin, onSignedOut, type User } from '../core/admin'
import { adminWords } from '../core/adminwords'
import { ApiError } from '../core/api'
import { preferred, type Locale } from '../core/locale'
import { parse, type Route } from '../core/route'
import { HereContext } from './context'
import { Nav } from './Nav'
import { Screens } from './Screens'
import { SignIn } from './SignIn'
import { Failed } from './ui/State'

function useRoute(): Route {
  const [route, setRoute] = useState(() => parse(location.hash))
  useEffect(() => {
    const f = () => setRoute(parse(location.hash))
    addEventListener('hashchange', f)
    return () => removeEventListener('hashchange', f)
  }, [])
  return route
}

// useSession is who is signed in; undefined while it is being found out.
function useSession() {
  const [me, setMe] = useState<User | null>()
  const [error, setError] = useState<unknown>()
  const [expired, setExpired] = useState(false)
  const look = useCallback(() => {
    setError(undefined)
    admin.me().then(setMe, (err: unknown) => (err instanceof ApiError && err.problem.status === 401 ? setMe(null) : setError(err)))
  }, [])
  useEffect(look, [look])
  useEffect(
    () =>
      onSignedOut(() =>
        setMe((was) => {
          if (was) setExpired(true)
          return null
        }),
      ),
    [],
  )
  const enter = (u: User) => {
    setExpired(false)
    setMe(u)
  }
  const leave = () => {
    void admin.logout().catch(() => undefined)
    setMe(null)
  }
  return { me, error, expired, look, enter, leave }
}

export function App() {
  const [locale, setLocale] = useState<Locale>(preferred)
  const t = adminWords[locale]
  const route = useRoute()
  const session = useSession()
  const [menu, setMenu] = useState(false)
  const [told, setTold] = useState('')
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const tell = useCallback((text: string) => {
    clearTimeout(timer.current)
    setTold(text)
    timer.current = setTimeout(() => setTold(''), 4000)
  }, [])
  useEffect(() => {
    document.documentElement.lang = locale
    document.title = `${t.nav[route.screen]} · ${t.title}`
    localStorage.setItem('parley.locale', locale)
  }, [locale, t, route.screen])
  useEffect(() => setMenu(false), [route])
  const here = useMemo(() => session.me && { t, locale, me: session.me, tell }, [t, locale, session.me, tell])

  const bar = (
    <header className="bar">
      <div className="brand">
        {here && (
          <ActionIcon variant="subtle" color="gray" className="burger" aria-label={t.menu} aria-expanded={menu} onClick={() => setMenu(!menu)}>
            <IconMenu2 size={18} />
          </ActionIcon>
        )}
        <IconMessageCircle2Filled size={20} className="mark" aria-hidden />
        <strong>{t.title}</strong>
      </div>
      <div className="brand">
        <Button variant="subtle" color="gray" size="compact-sm" onClick={() => setLocale(locale === 'en' ? 'zh-CN' : 'en')} lang={locale === 'en' ? 'zh-CN' : 'en'}>
          {t.language}
        </Button>
        <Scheme label={t.scheme} />
      </div>
    </header>
  )
  if (!here) {
    return (
      <div className="page">
        {bar}
        {session.error !== undefined ? (
          <HereContext value={{ t, locale, me: { id: '', email: '', role: 'agent' }, tell }}>
            <main className="signin">
              <Failed error={session.error} retry={session.look} />
            </main>
          </HereContext>
        ) : session.me === undefined ? (
          <main className="signin">
            <Loader size="sm" aria-label={t.loading} />
          </main>
        ) : (
          <SignIn t={t} expired={session.expired} done={session.enter} />
        )}
      </div>
    )
  }
  return (
    <HereContext value={here}>
      <a className="skip" href="#main" onClick={(e) => {
        e.preventDefault()
        document.getElementById('main')?.focus()
      }}>
        {t.skip}
      </a>
      <div className="page">
        {bar}
        <div className="body">
          <Nav screen={route.screen} open={menu} leave={session.leave} />
          <main id="main" tabIndex={-1} className="main">
            <Screens route={route} />
          </main>
        </div>
      </div>
      <div role="status" aria-live="polite" className={told ? 'toast shown' : 'toast'}>
        {told && <IconCheck size={16} aria-hidden />}
        {told}
      </div>
    </HereContext>
  )
}

function Scheme({ label }: { label: string }) {
  const { setColorScheme } = useMantineColorScheme()
  const dark = useComputedColorScheme('light') === 'dark'
  return (
    <ActionIcon variant="subtle" color="gray" aria-label={label} onClick={() => setColorScheme(dark ? 'light' : 'dark')}>
      {dark ? <IconSun size={18} /> : <IconMoon size={18} />}
    </ActionIcon>
  )
}
