import { ActionIcon, Button, Loader, useComputedColorScheme, useMantineColorScheme } from '@mantine/core'
import { IconAlertTriangle, IconCheck, IconKeyboard, IconLogout, IconMessageCircle2Filled, IconMoon, IconSun } from '@tabler/icons-react'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { admin } from '../core/admin'
import { adminWords } from '../core/adminwords'
import { preferred, type Locale } from '../core/locale'
import { desk as api } from '../core/desk'
import { deskWords } from '../core/deskwords'
import { SignIn } from '../admin/SignIn'
import { useSession } from '../staff/useSession'
import { DeskContext, type Here } from './context'
import { Room } from './Room'

export function App() {
  const [locale, setLocale] = useState<Locale>(preferred)
  const t = deskWords[locale]
  const { me, setMe, down, expired, out } = useSession()
  const [told, setTold] = useState({ text: '', bad: false })
  const [now, setNow] = useState(Date.now())
  const [keys, setKeys] = useState(false)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const tell = useCallback((text: string, bad = false) => {
    clearTimeout(timer.current)
    setTold({ text, bad })
    timer.current = setTimeout(() => setTold((x) => ({ ...x, text: '' })), 5000)
  }, [])
  useEffect(() => {
    const tick = setInterval(() => setNow(Date.now()), 1000)
    return () => clearInterval(tick)
  }, [])
  useEffect(() => {
    document.documentElement.lang = locale
    localStorage.setItem('parley.locale', locale)
    if (!me) document.title = t.title
  }, [locale, t, me])
  const here = useMemo<Here | undefined>(() => (me ? { t, locale, me, tell, now } : undefined), [t, locale, me, tell, now])
  const leave = async () => {
    await api.be('offline').catch(() => undefined)
    await admin.logout().catch(() => undefined)
    setMe(null)
  }
  const tools = (
    <div className="brand">
      {me && (
        <ActionIcon variant="subtle" color="gray" aria-label={t.keys} onClick={() => setKeys(true)}>
          <IconKeyboard size={18} />
        </ActionIcon>
      )}
      <Button variant="subtle" color="gray" size="compact-sm" onClick={() => setLocale(locale === 'en' ? 'zh-CN' : 'en')} lang={locale === 'en' ? 'zh-CN' : 'en'}>
        {t.language2}
      </Button>
      <Scheme label={t.scheme} />
      {me && (
        <ActionIcon variant="subtle" color="gray" aria-label={t.signOut} title={t.signOut} onClick={() => void leave()}>
          <IconLogout size={18} />
        </ActionIcon>
      )}
    </div>
  )
  if (!here) {
    return (
      <div className="page">
        <header className="bar">
          <div className="brand">
            <IconMessageCircle2Filled size={20} className="mark" aria-hidden />
            <strong>{t.title}</strong>
          </div>
          {tools}
        </header>
        {me === null ? (
          <SignIn t={{ ...adminWords[locale], title: t.title, signInLead: t.lead }} expired={expired} done={setMe} />
        ) : (
          <main className="signin">{down ? <p role="alert">{t.lost}</p> : <Loader size="sm" aria-label={t.loading} />}</main>
        )}
      </div>
    )
  }
  return (
    <DeskContext value={here}>
      <Room tools={tools} out={out} keys={keys} setKeys={setKeys} />
      <div role="status" aria-live="polite" className={told.text ? 'toast shown' : 'toast'}>
        {told.text && (told.bad ? <IconAlertTriangle size={16} aria-hidden /> : <IconCheck size={16} aria-hidden />)}
        {told.text}
      </div>
    </DeskContext>
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
