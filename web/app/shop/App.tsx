import { ActionIcon, Button, Group, useComputedColorScheme, useMantineColorScheme } from '@mantine/core'
import { IconMessageCircle2Filled, IconMoon, IconSun } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { catalogs, preferred, type Locale } from '../core/catalog'
import { CallPanel } from './CallPanel'
import { Shop } from './Shop'

export function App() {
  const [locale, setLocale] = useState<Locale>(preferred)
  const [ask, setAsk] = useState('')
  const t = catalogs[locale]
  const { setColorScheme } = useMantineColorScheme()
  const dark = useComputedColorScheme('light') === 'dark'

  useEffect(() => {
    document.documentElement.lang = locale
    document.title = `${t.shop} · Parley`
    localStorage.setItem('parley.locale', locale)
  }, [locale, t])

  return (
    <div className="page">
      <header className="bar">
        <Group gap={8} wrap="nowrap">
          <IconMessageCircle2Filled size={22} className="mark" aria-hidden />
          <strong>{t.shop}</strong>
        </Group>
        <Group gap={4} wrap="nowrap">
          <Button variant="subtle" color="gray" size="compact-sm" onClick={() => setLocale(locale === 'en' ? 'zh-CN' : 'en')} lang={locale === 'en' ? 'zh-CN' : 'en'}>
            {t.language}
          </Button>
          <ActionIcon variant="subtle" color="gray" aria-label={t.scheme} onClick={() => setColorScheme(dark ? 'light' : 'dark')}>
            {dark ? <IconSun size={18} /> : <IconMoon size={18} />}
          </ActionIcon>
        </Group>
      </header>
      <main className="columns">
        <Shop t={t} onAsk={setAsk} />
        <CallPanel t={t} locale={locale} ask={ask} onAsked={() => setAsk('')} />
      </main>
    </div>
  )
}
