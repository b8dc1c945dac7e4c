import { Button, NumberInput, Switch, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { admin, type Bot as BotVersion } from '../../core/admin'
import { fromForm, tags, toForm, type BotForm } from '../../core/botform'
import { may, useHere, when } from '../context'
import { Pill } from '../ui/Pill'
import { Show, why } from '../ui/State'
import { useLoad } from '../useLoad'

export function Bot() {
  const bot = useLoad(() => admin.bot(), [])
  return <Show of={bot}>{(b) => <Settings key={b.version} bot={b} changed={bot.set} />}</Show>
}

function Settings({ bot, changed }: { bot: BotVersion; changed: (b: BotVersion) => void }) {
  const { t, me, tell } = useHere()
  const writes = may(me, 'supervisor')
  const [form, setForm] = useState(() => toForm(bot.settings))
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState('')
  const dirty = JSON.stringify(form) !== JSON.stringify(toForm(bot.settings))
  const act = async (run: () => Promise<BotVersion>) => {
    setBusy(true)
    setError('')
    try {
      changed(await run())
      tell(t.bot.applied)
    } catch (err) {
      setError(why(err, t.offline))
    }
    setBusy(false)
  }
  return (
    <div className="split">
      <form
        onSubmit={(e) => {
          e.preventDefault()
          void act(() => admin.putBot(fromForm(form, bot.settings)))
        }}
      >
        <Fields form={form} set={(p) => setForm({ ...form, ...p })} readOnly={!writes} />
        {error && (
          <p className="notice badnotice" role="alert">
            {error}
          </p>
        )}
        {writes && (
          <div className="savebar">
            <span className="dim small">{dirty ? t.unsaved : bot.source === 'file' ? t.bot.fromFile : t.bot.fromPage}</span>
            <Button type="submit" disabled={!dirty} loading={busy}>
              {t.save}
            </Button>
          </div>
        )}
      </form>
      <History bot={bot} restore={(v) => void act(() => admin.restoreBot(v))} busy={busy} />
    </div>
  )
}

function Fields({ form, set, readOnly }: { form: BotForm; set: (p: Partial<BotForm>) => void; readOnly: boolean }) {
  const { t } = useHere()
  return (
    <>
      <fieldset className="card pad form">
        <legend>{t.bot.basics}</legend>
        <div className="two">
          <TextInput label={t.bot.name} value={form.name} readOnly={readOnly} maxLength={60} onChange={(e) => set({ name: e.currentTarget.value })} />
          <TextInput label={t.bot.company} value={form.company} readOnly={readOnly} maxLength={120} onChange={(e) => set({ company: e.currentTarget.value })} />
        </div>
        <TextInput label={t.bot.languages} description={t.bot.languagesHint} value={form.languages} readOnly={readOnly} onChange={(e) => set({ languages: e.currentTarget.value })} />
        {[...new Set([...tags(form.languages), ...Object.keys(form.greeting)])].map((l, i) => (
          <Textarea key={l} label={`${t.bot.greeting} (${l})`} description={i === 0 ? t.bot.greetingHint : undefined} value={form.greeting[l] ?? ''} readOnly={readOnly} autosize minRows={1} maxRows={4} onChange={(e) => set({ greeting: { ...form.greeting, [l]: e.currentTarget.value } })} />
        ))}
        <Textarea label={t.bot.persona} description={t.bot.personaHint} value={form.persona} readOnly={readOnly} autosize minRows={2} maxRows={8} onChange={(e) => set({ persona: e.currentTarget.value })} />
        <Textarea label={t.bot.rules} description={t.bot.rulesHint} value={form.rules} readOnly={readOnly} autosize minRows={2} maxRows={10} onChange={(e) => set({ rules: e.currentTarget.value })} />
      </fieldset>
      <fieldset className="card pad form">
        <legend>{t.bot.handoff}</legend>
        <NumberInput label={t.bot.failures} value={form.failures} readOnly={readOnly} min={1} max={20} clampBehavior="strict" onChange={(v) => set({ failures: Number(v) || 2 })} className="short" />
        <Textarea label={t.bot.topics} description={t.bot.topicsHint} value={form.topics} readOnly={readOnly} autosize minRows={2} maxRows={10} onChange={(e) => set({ topics: e.currentTarget.value })} />
        <Textarea label={t.bot.emergency} description={t.bot.emergencyHint} value={form.emergency} readOnly={readOnly} autosize minRows={1} maxRows={6} onChange={(e) => set({ emergency: e.currentTarget.value })} />
        <Textarea label={t.bot.vip} description={t.bot.vipHint} value={form.vip} readOnly={readOnly} autosize minRows={1} maxRows={6} onChange={(e) => set({ vip: e.currentTarget.value })} />
      </fieldset>
      <fieldset className="card pad form">
        <legend>{t.bot.recommend}</legend>
        <Switch label={t.bot.recommendOn} description={t.bot.recommendHint} checked={form.recommend} disabled={readOnly} onChange={(e) => set({ recommend: e.currentTarget.checked })} />
      </fieldset>
      <fieldset className="card pad form">
        <legend>{t.bot.hours}</legend>
        <TextInput label={t.bot.zone} description={t.bot.zoneHint} value={form.zone} readOnly={readOnly} maxLength={60} onChange={(e) => set({ zone: e.currentTarget.value })} />
        <div className="two">
          <Textarea label={t.bot.open} description={t.bot.openHint} value={form.open} readOnly={readOnly} autosize minRows={2} maxRows={8} onChange={(e) => set({ open: e.currentTarget.value })} />
          <Textarea label={t.bot.holidays} description={t.bot.holidaysHint} value={form.holidays} readOnly={readOnly} autosize minRows={2} maxRows={8} onChange={(e) => set({ holidays: e.currentTarget.value })} />
        </div>
      </fieldset>
    </>
  )
}

function History({ bot, restore, busy }: { bot: BotVersion; restore: (v: number) => void; busy: boolean }) {
  const { t, me, locale } = useHere()
  const list = useLoad(() => admin.botVersions(), [bot.version])
  return (
    <section className="card history" aria-label={t.bot.history}>
      <h2 className="pad">{t.bot.history}</h2>
      <Show of={list} rows={3}>
        {(vs) => (
          <ul className="rows plain">
            {vs.map((v) => (
              <li key={v.version}>
                <div className="grow">
                  <span className="strong">{v.version === 0 ? t.bot.file : `${t.bot.version} ${v.version}`}</span> {v.current && <Pill kind="good">{t.bot.current}</Pill>}
                  <div className="dim small">
                    {v.version === 0 ? t.bot.start : when(v.at, locale)}
                    {v.version > 0 && v.source === 'file' ? ` · ${t.bot.file}` : ''}
                    {v.version > 0 && v.settings.name ? ` · ${v.settings.name}` : ''}
                  </div>
                </div>
                {!v.current && may(me, 'supervisor') && (
                  <Button size="compact-sm" variant="default" disabled={busy} onClick={() => restore(v.version)}>
                    {t.bot.restore}
                  </Button>
                )}
              </li>
            ))}
          </ul>
        )}
      </Show>
    </section>
  )
}
