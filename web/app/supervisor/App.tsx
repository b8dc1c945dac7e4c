import { ActionIcon, Button, Loader, useComputedColorScheme, useMantineColorScheme } from '@mantine/core'
import { IconLock, IconLogout, IconMessageCircle2Filled, IconMoon, IconSun } from '@tabler/icons-react'
import { lazy, Suspense, useEffect, useState } from 'react'
import { SignIn } from '../admin/SignIn'
import { admin } from '../core/admin'
import { adminWords } from '../core/adminwords'
import { preferred, type Locale } from '../core/locale'
import { insightWords } from '../core/insightwords'
import { wallWords } from '../core/wallwords'
import { useSession } from '../staff/useSession'
import { Room } from './Room'

// Insight is loaded by who looks back alone.
const Insight = lazy(() => import('../insight/Insight').then((m) => ({ default: m.Insight })))
const lookingBack = location.pathname.startsWith('/supervisor/insight')
// Page plays a conversation that is looked back at: for who may see it, agents too.
const Page = lazy(() => import('../player/Page').then((m) => ({ default: m.Page })))
const onePlayed = location.pathname.startsWith('/supervisor/conversation')

export function App() {
  const [locale, setLocale] = useState<Locale>(preferred)
  const t = wallWords[locale]
  const { me, setMe, down, expired, out } = useSession()
  useEffect(() => {
    document.documentElement.lang = locale
    localStorage.setItem('parley.locale', locale)
    if (!me) document.title = t.title
  }, [locale, t, me])
  const leave = () => {
    void admin.logout().catch(() => undefined)
    setMe(null)
  }
  const brand = (
    <div className="brand">
      <IconMessageCircle2Filled size={20} className="mark" aria-hidden />
      <strong className="clip">{t.title}</strong>
      {me && me.role !== 'agent' && (
        <nav className="pagelinks" aria-label={insightWords[locale].pages}>
          <a href="/supervisor" aria-current={lookingBack || onePlayed ? undefined : 'page'}>
            {insightWords[locale].live}
          </a>
          <a href="/supervisor/insight" aria-current={lookingBack ? 'page' : undefined}>
            {insightWords[locale].insight}
          </a>
        </nav>
      )}
    </div>
  )
  const tools = (
    <>
      <Button variant="subtle" color="gray" size="compact-sm" onClick={() => setLocale(locale === 'en' ? 'zh-CN' : 'en')} lang={locale === 'en' ? 'zh-CN' : 'en'}>
        {t.language}
      </Button>
      <Scheme label={t.scheme} />
      {me && (
        <ActionIcon variant="subtle" color="gray" aria-label={t.signOut} title={t.signOut} onClick={leave}>
          <IconLogout size={18} />
        </ActionIcon>
      )}
    </>
  )
  if (me && (onePlayed || (me.role !== 'agent' && lookingBack))) {
    return (
      <Suspense fallback={<Loader size="sm" m="xl" aria-label={t.loading} />}>
        {onePlayed ? <Page locale={locale} me={me} brand={brand} tools={tools} /> : <Insight locale={locale} brand={brand} tools={tools} />}
      </Suspense>
    )
  }
  if (me && me.role !== 'agent') return <Room t={t} locale={locale} me={me} brand={brand} tools={tools} out={out} />
  return (
    <div className="page">
      <header className="bar">
        {brand}
        <div className="brand">{tools}</div>
      </header>
      {me === null ? (
        <SignIn t={{ ...adminWords[locale], title: t.title, signInLead: t.lead }} expired={expired} done={setMe} />
      ) : (
        <main className="signin">
          {me ? (
            <div className="notice" role="alert">
              <IconLock size={18} aria-hidden />
              <div>
                <strong>{t.noRight}</strong>
                <div className="dim">{t.noRightMore}</div>
              </div>
            </div>
          ) : down ? (
            <p role="alert">{t.lost}</p>
          ) : (
            <Loader size="sm" aria-label={t.loading} />
          )}
        </main>
      )}
    </div>
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
