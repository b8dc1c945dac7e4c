import { ActionIcon, Alert, Button, Checkbox, Drawer, Loader, NativeSelect, NumberInput, Textarea, TextInput } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { ApiError } from '../core/api'
import { insight, type Talk } from '../core/insight'
import { cleaned, criteria, faults, fromLines, rubric, rubricWords, share, toLines, type Phrase, type Review, type Rubric, type RubricBody, type RubricWords, type Wordings } from '../core/rubric'
import { useHere } from './context'

// RubricEditor is where the company says what its conversations are scored by.
export function RubricEditor({ close }: { close: () => void }) {
  const { t, locale } = useHere()
  const w = rubricWords[locale]
  const [r, setR] = useState<Rubric>()
  const [kept, setKept] = useState('')
  const [state, setState] = useState<'' | 'busy' | 'saved'>('')
  const [why, setWhy] = useState('')
  useEffect(() => {
    rubric.get().then((got) => {
      setR(got)
      setKept(JSON.stringify(cleaned(got)))
    }, () => setWhy(w.failed))
  }, [w])
  const set = (change: Partial<RubricBody>) => {
    setState('')
    setR((was) => was && { ...was, ...change })
  }
  const save = async () => {
    if (!r) return
    setState('busy')
    setWhy('')
    try {
      const got = await rubric.put(r)
      setR(got)
      setKept(JSON.stringify(cleaned(got)))
      setState('saved')
    } catch (err) {
      setState('')
      setWhy(err instanceof ApiError && err.problem.status === 409 ? w.conflict : err instanceof ApiError ? `${w.failed} ${err.problem.detail ?? ''}` : w.failed)
    }
  }
  const changed = !!r && JSON.stringify(cleaned(r)) !== kept
  const fault = (f: string) => t.value[f === 'no_answer' ? 'no_answer_found' : f] ?? f
  return (
    <Drawer opened onClose={close} position="right" size="xl" title={w.title} closeButtonProps={{ 'aria-label': t.close }}>
      {why && (
        <Alert color="red" role="alert" mb={12}>
          {why}
        </Alert>
      )}
      {!r ? (
        !why && <Loader size="sm" role="status" aria-label={w.loading} />
      ) : (
        <div className="rubric">
          <p className="dim">
            {w.lead} {w.version(r.version)}
          </p>
          <section>
            <h3>{w.weights}</h3>
            <p className="dim small">{w.weightsTold}</p>
            <div className="rubricweights">
              {criteria.map((c) => (
                <NumberInput key={c} size="sm" label={t.figure[c]} description={w.share(share(r, c))} min={0} max={100} clampBehavior="strict" allowDecimal={false} allowNegative={false} value={r.weights[c] ?? 0} onChange={(n) => set({ weights: { ...r.weights, [c]: Number(n) || 0 } })} />
              ))}
            </div>
          </section>
          <Phrases w={w} title={w.required} told={w.requiredTold} list={r.required} due set={(required) => set({ required })} />
          <Phrases w={w} title={w.forbidden} told={w.forbiddenTold} list={r.forbidden} set={(forbidden) => set({ forbidden })} />
          <section>
            <h3>{w.faults}</h3>
            <div className="rubricfaults">
              {criteria.map((c) => (
                <fieldset key={c}>
                  <legend>{t.figure[c]}</legend>
                  {faults[c].map((f) => (
                    <Checkbox key={f} size="xs" label={fault(f)} checked={!r.off.includes(f)} onChange={(e) => set({ off: e.currentTarget.checked ? r.off.filter((x) => x !== f) : [...r.off, f] })} />
                  ))}
                </fieldset>
              ))}
            </div>
          </section>
          <Preview w={w} r={r} fault={fault} />
          <div className="rubricsave">
            <Button onClick={() => void save()} loading={state === 'busy'} disabled={!changed}>
              {w.save}
            </Button>
            <span className="dim" role="status">
              {state === 'saved' ? w.saved : changed ? w.changed : ''}
            </span>
          </div>
        </div>
      )}
    </Drawer>
  )
}

function Phrases({ w, title, told, list, due, set }: { w: RubricWords; title: string; told: string; list: Phrase[]; due?: boolean; set: (list: Phrase[]) => void }) {
  const change = (k: number, p: Partial<Phrase>) => set(list.map((x, i) => (i === k ? { ...x, ...p } : x)))
  const lines = (label: string, of: Wordings | undefined, l: string, put: (w: Wordings) => void) => <Lines label={label} value={of?.[l]} put={(ws) => put({ ...of, [l]: ws })} />
  return (
    <section>
      <h3>{title}</h3>
      <p className="dim small">{told}</p>
      {list.map((p, k) => (
        <div key={k} className="rubricphrase" role="group" aria-label={p.name || title}>
          <div className="rubricname">
            <TextInput size="sm" label={w.name} maxLength={60} value={p.name} onChange={(e) => change(k, { name: e.currentTarget.value })} />
            <ActionIcon variant="subtle" color="gray" size="lg" aria-label={w.remove(p.name)} title={w.remove(p.name)} onClick={() => set(list.filter((_, i) => i !== k))}>
              <IconTrash size={17} />
            </ActionIcon>
          </div>
          <div className="rubricpair">
            {lines(w.en, p.any, 'en', (any) => change(k, { any }))}
            {lines(w.zh, p.any, 'zh', (any) => change(k, { any }))}
          </div>
          {due && (
            <details open={!!p.when}>
              <summary>{w.when}</summary>
              <p className="dim small">{w.whenTold}</p>
              <div className="rubricpair">
                {lines(w.whenEn, p.when, 'en', (when) => change(k, { when }))}
                {lines(w.whenZh, p.when, 'zh', (when) => change(k, { when }))}
              </div>
            </details>
          )}
        </div>
      ))}
      <Button variant="default" size="compact-sm" leftSection={<IconPlus size={15} aria-hidden />} disabled={list.length >= 50} onClick={() => set([...list, { name: '', any: {} }])}>
        {w.add}
      </Button>
    </section>
  )
}

// Lines are wordings, one a line. What is being written stays as it is written.
function Lines({ label, value, put }: { label: string; value?: string[]; put: (lines: string[]) => void }) {
  const [text, setText] = useState(() => toLines(value))
  return (
    <Textarea
      size="sm"
      label={label}
      autosize
      minRows={2}
      maxRows={6}
      value={text}
      onChange={(e) => {
        setText(e.currentTarget.value)
        put(fromLines(e.currentTarget.value))
      }}
    />
  )
}

// Preview lays what a conversation's score is beside what it would be.
function Preview({ w, r, fault }: { w: RubricWords; r: RubricBody; fault: (f: string) => string }) {
  const { t, locale, q } = useHere()
  const [talks, setTalks] = useState<Talk[]>()
  const [id, setID] = useState('')
  const [now, setNow] = useState<Review>()
  const [then, setThen] = useState<Review>()
  const [why, setWhy] = useState('')
  useEffect(() => {
    insight.talks(`/v1/reports/conversations?${q({ figure: 'over', limit: '20' })}`).then(
      (l) => {
        setTalks(l.items)
        setID(l.items[0]?.conversation ?? '')
      },
      () => setTalks([]),
    )
  }, [q])
  useEffect(() => {
    setNow(undefined)
    if (id) rubric.now(id).then(setNow, () => setWhy(w.failed))
  }, [id, w])
  const body = JSON.stringify(cleaned(r))
  useEffect(() => {
    if (!id) return
    let live = true
    const timer = setTimeout(() => {
      rubric.preview(id, JSON.parse(body) as RubricBody).then(
        (got) => {
          if (!live) return
          setThen(got)
          setWhy('')
        },
        (err) => live && setWhy(err instanceof ApiError ? `${w.failed} ${err.problem.detail ?? ''}` : w.failed),
      )
    }, 400)
    return () => {
      live = false
      clearTimeout(timer)
    }
  }, [id, body, w])
  const score = (v: Review | undefined, c: string) => v?.grades.find((g) => g.criterion === c)
  const shown = (n: number | undefined) => (n === undefined || n < 0 ? w.notScored : String(n))
  return (
    <section>
      <h3>{w.preview}</h3>
      {talks?.length === 0 ? (
        <p className="dim">{w.none}</p>
      ) : (
        <>
          <NativeSelect
            size="sm"
            label={w.pick}
            value={id}
            onChange={(e) => setID(e.currentTarget.value)}
            data={(talks ?? []).map((k) => ({ value: k.conversation, label: [new Date(k.began_at).toLocaleString(locale, { dateStyle: 'short', timeStyle: 'short' }), t.value[k.via] ?? k.via, k.matter].filter(Boolean).join(' · ') }))}
          />
          {why && <p role="alert">{why}</p>}
          <table className="grid" aria-label={w.preview} aria-busy={!then}>
            <thead>
              <tr>
                <th scope="col">{t.col.criterion}</th>
                <th scope="col" className="num">{w.now}</th>
                <th scope="col" className="num">{w.then}</th>
                <th scope="col">{t.col.fault}</th>
              </tr>
            </thead>
            <tbody>
              {criteria.map((c) => (
                <tr key={c}>
                  <td>{t.figure[c]}</td>
                  <td className="num">{shown(score(now, c)?.score)}</td>
                  <td className="num">{shown(score(then, c)?.score)}</td>
                  <td>{score(then, c)?.fault ? fault(score(then, c)!.fault!) : ''}</td>
                </tr>
              ))}
              <tr className="rubrictotal">
                <td>{w.total}</td>
                <td className="num">{shown(now?.total)}</td>
                <td className="num">{shown(then?.total)}</td>
                <td />
              </tr>
            </tbody>
          </table>
        </>
      )}
    </section>
  )
}
