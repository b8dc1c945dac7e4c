import { Button, Checkbox, NativeSelect, Textarea, TextInput } from '@mantine/core'
import { IconEye, IconPencilBolt, IconTool } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { admin, type Tool, type ToolTried } from '../../core/admin'
import { args, fields, type Field } from '../../core/schema'
import { may, useHere } from '../context'
import { Pill } from '../ui/Pill'
import { Empty, Show, why } from '../ui/State'
import { useLoad } from '../useLoad'

// inLanguage is a text in the page's language, or in another that there is.
function inLanguage(text: Record<string, string> | undefined, locale: string): string {
  if (!text) return ''
  return text[locale] ?? text[locale.split('-')[0]!] ?? text.en ?? Object.values(text)[0] ?? ''
}

export function Tools() {
  const { t } = useHere()
  const list = useLoad(() => admin.tools(), [])
  const [open, setOpen] = useState('')
  return (
    <Show of={list}>
      {(tools) =>
        tools.length === 0 ? (
          <Empty icon={<IconTool size={28} />} title={t.tools.empty} text={t.tools.emptyMore} />
        ) : (
          <ul className="card rows">
            {tools.map((x) => (
              <Row key={x.name || x.source} tool={x} open={open === x.name} toggle={() => setOpen(open === x.name ? '' : x.name)} />
            ))}
          </ul>
        )
      }
    </Show>
  )
}

const states = { ready: 'good', resting: 'wait', unreachable: 'off', wrong: 'bad' } as const

function Row({ tool, open, toggle }: { tool: Tool; open: boolean; toggle: () => void }) {
  const { t, me, locale } = useHere()
  const Icon = tool.effect === 'change' ? IconPencilBolt : IconEye
  const tries = tool.name !== '' && tool.effect && (tool.effect === 'read' || may(me, 'supervisor'))
  return (
    <li className="toolrow">
      <div className="between">
        <div className="grow">
          <span className="strong">{inLanguage(tool.title, locale) || tool.name || tool.source}</span> <code className="dim small">{tool.name}</code>
          <div>{inLanguage(tool.description, locale)}</div>
          <div className="docmeta dim small">
            <Pill kind={states[tool.state]}>{t.tools.states[tool.state]}</Pill>
            {tool.effect && (
              <span className="inline">
                <Icon size={14} aria-hidden /> {tool.effect === 'change' ? t.tools.change : t.tools.read}
              </span>
            )}
            <span>
              {t.tools.who}: {t.tools.level[tool.level] ?? tool.level}
            </span>
            <span>
              {t.tools.source}: {tool.source}
            </span>
            {tool.private && <span>{t.tools.private}</span>}
          </div>
          {tool.error && <div className="bad small">{tool.error}</div>}
        </div>
        {tries && (
          <Button size="compact-sm" variant="default" aria-expanded={open} onClick={toggle}>
            {open ? t.close : t.tools.tryIt}
          </Button>
        )}
      </div>
      {open && <Try tool={tool} />}
    </li>
  )
}

function Try({ tool }: { tool: Tool }) {
  const { t } = useHere()
  const form = useMemo(() => fields(tool.schema), [tool.schema])
  const [values, setValues] = useState<Record<string, string | boolean>>({})
  const [customer, setCustomer] = useState('')
  const [sure, setSure] = useState(false)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState('')
  const [result, setResult] = useState<ToolTried>()
  const run = async () => {
    setError('')
    let given: Record<string, unknown>
    try {
      given = args(form, values)
    } catch (err) {
      setError(`${t.tools.invalid} ${err instanceof Error ? err.message : ''}`)
      return
    }
    setBusy(true)
    try {
      setResult(await admin.tryTool(tool.name, given, sure, customer.trim()))
    } catch (err) {
      setResult(undefined)
      setError(why(err, t.offline))
    }
    setBusy(false)
  }
  return (
    <form
      className="trial"
      onSubmit={(e) => {
        e.preventDefault()
        void run()
      }}
    >
      {form.length === 0 && <p className="dim small">{t.tools.noArgs}</p>}
      <div className="two">
        {form.map((f) => (
          <Input key={f.name} field={f} value={values[f.name]} set={(v) => setValues({ ...values, [f.name]: v })} />
        ))}
        {tool.level > 0 && <TextInput label={t.tools.customer} value={customer} onChange={(e) => setCustomer(e.currentTarget.value)} />}
      </div>
      {tool.effect === 'change' && <Checkbox checked={sure} onChange={(e) => setSure(e.currentTarget.checked)} label={t.tools.confirm} />}
      <div>
        <Button type="submit" loading={busy} disabled={tool.effect === 'change' && !sure}>
          {t.tools.run}
        </Button>
      </div>
      <div aria-live="polite">
        {error && <p className="bad">{error}</p>}
        {result && (
          <>
            <div className="dim small">
              {result.refused ? t.tools.refused : t.tools.result} · {result.ms} ms {result.state ? `· ${result.state}` : ''}
            </div>
            <pre className="code" tabIndex={0}>
              {typeof result.result === 'string' ? result.result : JSON.stringify(result.result, null, 2)}
            </pre>
          </>
        )}
      </div>
    </form>
  )
}

function Input({ field, value, set }: { field: Field; value: string | boolean | undefined; set: (v: string | boolean) => void }) {
  const { t } = useHere()
  const common = { label: field.name, description: field.about || undefined, required: field.required, withAsterisk: field.required }
  const text = typeof value === 'string' ? value : ''
  switch (field.kind) {
    case 'boolean':
      return <Checkbox label={field.name} description={field.about || undefined} checked={value === true} onChange={(e) => set(e.currentTarget.checked)} />
    case 'choice':
      return <NativeSelect {...common} data={[{ value: '', label: '–' }, ...field.choices]} value={text} onChange={(e) => set(e.currentTarget.value)} />
    case 'json':
      return <Textarea {...common} placeholder="JSON" value={text} onChange={(e) => set(e.currentTarget.value)} autosize minRows={1} maxRows={6} aria-label={`${field.name}${field.required ? ` (${t.tools.required})` : ''}`} />
    default:
      return <TextInput {...common} inputMode={field.kind === 'text' ? 'text' : 'decimal'} value={text} onChange={(e) => set(e.currentTarget.value)} />
  }
}
