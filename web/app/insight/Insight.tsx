import { Alert, Button, Loader, NativeSelect, Switch } from '@mantine/core'
import { IconAdjustments, IconChartBar, IconFlask } from '@tabler/icons-react'
import { useCallback, useEffect, useMemo, useState } from 'react'
import { insight, query, reports, type Name, type Period, type Report, type Tables } from '../core/insight'
import { insightWords } from '../core/insightwords'
import type { Locale } from '../core/locale'
import { wall } from '../core/wall'
import { rubricWords } from '../core/rubric'
import { Behind } from './Behind'
import { InsightContext } from './context'
import { Export } from './Export'
import { RubricEditor } from './RubricEditor'
import { Statistics } from './Statistics'
import * as views from './views'
import './insight.css'

// Insight is the page that managers look back with.
export function Insight({ locale, brand, tools }: { locale: Locale; brand: React.ReactNode; tools: React.ReactNode }) {
  const t = insightWords[locale]
  const [name, setName] = useState<Name>(() => reports.find((r) => `#${r}` === location.hash) ?? 'summary')
  const [p, setP] = useState<Period>()
  const [demo, setDemo] = useState(false)
  const [word, setWord] = useState('')
  const [data, setData] = useState<{ of: Name; d: Report & Tables }>()
  const [state, setState] = useState<'loading' | 'failed' | 'here'>('loading')
  const [behind, setBehind] = useState<{ title: string; path: string }>()
  const [editing, setEditing] = useState(false)
  const [again, setAgain] = useState(0)
  useEffect(() => {
    const begin = (practice: boolean) => {
      setDemo(practice)
      setP({ days: 30, via: '', language: '', practice })
    }
    wall.capabilities().then((c) => begin(!!c.practice), () => begin(false))
  }, [])
  useEffect(() => {
    document.title = `${t.insight} · Parley`
  }, [t])
  const q = useCallback((more: Record<string, string> = {}) => (p ? query(p, new Date(), more) : ''), [p])
  useEffect(() => {
    if (!p) return
    let live = true
    setState('loading')
    insight.report(name, q(name === 'keywords' && word ? { word } : {})).then(
      (d) => {
        if (!live) return
        setData({ of: name, d })
        setState('here')
      },
      () => live && setState('failed'),
    )
    return () => {
      live = false
    }
  }, [name, p, q, word, again])
  const pick = (n: Name) => {
    history.replaceState(null, '', `#${n}`)
    setWord('')
    setName(n)
  }
  const here = useMemo(() => ({ t, locale, q, open: (title: string, path: string) => setBehind({ title, path }) }), [t, locale, q])
  const set = (change: Partial<Period>) => setP((was) => was && { ...was, ...change })
  const d = data?.of === name ? data.d : undefined
  const nothing = d && (d.items.find((f) => f.name === 'conversations')?.value === 0 || d.items.every((f) => !f.value))
  return (
    <InsightContext value={here}>
      <div className="page insightpage">
        <header className="bar">
          {brand}
          <div className="brand">{tools}</div>
        </header>
        <main className="insight">
          <h1 className="sr">{t.insight}</h1>
          <div className="insighthead">
            <nav className="insighttabs" aria-label={t.insight}>
              {reports.map((r) => (
                <button key={r} type="button" className="filter" aria-pressed={r === name} onClick={() => pick(r)}>
                  {t.report[r]}
                </button>
              ))}
            </nav>
            {p && (
              <div className="filtersrow">
                <NativeSelect size="xs" aria-label={t.period} value={String(p.days)} onChange={(e) => set({ days: Number(e.currentTarget.value) })} data={[1, 7, 30, 90, 365].map((n) => ({ value: String(n), label: t.days(n) }))} />
                <NativeSelect size="xs" aria-label={t.via} value={p.via} onChange={(e) => set({ via: e.currentTarget.value })} data={[{ value: '', label: t.anyVia }, { value: 'voice', label: t.voice }, { value: 'chat', label: t.chat }]} />
                <NativeSelect size="xs" aria-label={t.language} value={p.language} onChange={(e) => set({ language: e.currentTarget.value })} data={[{ value: '', label: t.anyLanguage }, { value: 'en', label: t.en }, { value: 'zh', label: t.zh }]} />
                <Export />
                {name === 'quality' && (
                  <Button variant="default" size="xs" leftSection={<IconAdjustments size={15} aria-hidden />} onClick={() => setEditing(true)}>
                    {rubricWords[locale].title}
                  </Button>
                )}
                {demo && <Switch size="sm" label={t.practice} checked={p.practice} onChange={(e) => set({ practice: e.currentTarget.checked })} />}
              </div>
            )}
          </div>
          {p?.practice && (
            <p className="practiceline small">
              <IconFlask size={15} aria-hidden /> {t.practiceTold}
            </p>
          )}
          {state === 'failed' ? (
            <Alert color="red" role="alert">
              {t.failed}{' '}
              <Button variant="subtle" size="compact-sm" onClick={() => setAgain((n) => n + 1)}>
                {t.again}
              </Button>
            </Alert>
          ) : !d ? (
            <div className="insightwait">
              <Loader size="sm" role="status" aria-label={t.loading} />
              <span className="dim">{p?.practice ? t.making : t.loading}</span>
            </div>
          ) : nothing ? (
            <div className="insightwait">
              <IconChartBar size={28} className="dim" aria-hidden />
              <strong>{t.empty}</strong>
              <span className="dim">{t.emptyMore}</span>
            </div>
          ) : (
            <div className={state === 'loading' ? 'report stale' : 'report'} aria-busy={state === 'loading'}>
              <Statistics list={d.items} />
              <div className="panels">
                {name === 'summary' && <views.Summary d={d} />}
                {name === 'quality' && <views.Quality d={d} />}
                {name === 'satisfaction' && <views.Satisfaction d={d} />}
                {name === 'keywords' && <views.Keywords d={d} word={word} pick={(w) => setWord((was) => (was === w ? '' : w))} />}
                {name === 'transfers' && <views.Transfers d={d} />}
                {name === 'recommendations' && <views.Recommendations d={d} />}
                {name === 'latency' && <views.Latency d={d} />}
              </div>
              <p className="dim small">{t.zone(d.zone)}</p>
            </div>
          )}
        </main>
        {editing && <RubricEditor close={() => setEditing(false)} />}
        {behind && <Behind {...behind} close={() => setBehind(undefined)} />}
      </div>
    </InsightContext>
  )
}
