// What each report shows.
import { span, type Heat, type Report, type Row, type Tables } from '../core/insight'
import { Bars, HeatMap, Legend, Lines, Ranks, type Series } from './charts'
import { useHere } from './context'
import { Panel, Table } from './Panel'

type Data = Report & Tables
const short = (day: unknown) => String(day).slice(5)
const num = (v: unknown) => (typeof v === 'number' ? v : 0)
const maybe = (v: unknown) => (typeof v === 'number' ? v : null)
const share = (part: unknown, of: unknown) => (num(of) ? Math.round((1000 * num(part)) / num(of)) / 10 : null)
const percent = (v: number) => `${v}%`
const plain = (v: number) => v.toLocaleString()

export function useBehind() {
  const { q, open } = useHere()
  return (title: string, more: Record<string, string>) => open(title, `/v1/reports/conversations?${q(more)}`)
}

export function Summary({ d }: { d: Data }) {
  const { t } = useHere()
  const behind = useBehind()
  const labels = d.days.map((x) => short(x.day))
  const volume: Series[] = [{ name: t.series.chats, values: d.days.map((x) => num(x.conversations) - num(x.calls)) }, { name: t.series.calls, values: d.days.map((x) => num(x.calls)), tone: 'second' }]
  const res: Series[] = [{ name: t.series.contained, values: d.days.map((x) => share(x.contained, x.over)) }, { name: t.series.confirmed, values: d.days.map((x) => share(x.confirmed, x.over)), tone: 'second' }]
  return (
    <>
      <Panel title={t.chart.volume} report="summary" table="days" note={<Legend series={volume} />}>
        <Bars labels={labels} series={volume} label={t.chart.volume} format={plain} />
      </Panel>
      <Panel title={t.chart.resolution} report="summary" table="days" note={<Legend series={res} />}>
        <Lines labels={labels} series={res} label={t.chart.resolution} format={percent} max={100} />
      </Panel>
      <Panel title={t.chart.heat} report="summary" table="heat" wide>
        <HeatMap cells={d.heat as unknown as Heat[]} weekdays={t.weekdays} label={t.chart.heat} pick={(w, h) => behind(`${t.weekdays[w - 1]} ${h}:00`, { weekday: String(w), hour: String(h) })} />
      </Panel>
      <Panel title={t.chart.channels} report="summary" table="channels" wide>
        <Table rows={d.channels} columns={['via', 'language', 'conversations', 'over', 'contained', 'confirmed', 'rated', 'good']} />
      </Panel>
    </>
  )
}

export function Quality({ d }: { d: Data }) {
  const { t } = useHere()
  const behind = useBehind()
  const fault = (f: unknown) => t.value[f === 'no_answer' ? 'no_answer_found' : String(f)] ?? String(f)
  return (
    <>
      <Panel title={t.chart.quality} report="quality" table="days">
        <Lines labels={d.days.map((x) => short(x.day))} series={[{ name: t.series.mean, values: d.days.map((x) => maybe(x.mean)) }]} label={t.chart.quality} format={plain} max={100} />
      </Panel>
      <Panel title={t.chart.faults} report="quality" table="faults">
        <Ranks rows={d.faults.slice(0, 10).map((f) => ({ key: String(f.fault), name: fault(f.fault), n: num(f.n) }))} pick={(f) => behind(fault(f), { fault: f })} />
      </Panel>
      <Panel title={t.chart.agents} report="quality" table="agents" wide>
        <Table rows={d.agents} columns={['agent', 'n', 'mean', 'greeting', 'understanding', 'correctness', 'tone', 'resolution', 'compliance']} name={(r, c) => (c === 'agent' ? String(r.name || r.agent || t.botAlone) : undefined)} />
      </Panel>
    </>
  )
}

export function Satisfaction({ d }: { d: Data }) {
  const { t } = useHere()
  const behind = useBehind()
  return (
    <>
      <Panel title={t.chart.scores} report="satisfaction" table="scores">
        <Ranks rows={[...d.scores].reverse().map((s) => ({ key: String(s.score), name: t.ratingOf(num(s.score)), n: num(s.n) }))} pick={(s) => behind(t.ratingOf(Number(s)), { score: s })} />
      </Panel>
      <Panel title={t.chart.ratings} report="satisfaction" table="days">
        <Lines labels={d.days.map((x) => short(x.day))} series={[{ name: t.series.mean, values: d.days.map((x) => maybe(x.mean)) }]} label={t.chart.ratings} format={plain} max={5} />
      </Panel>
      <Panel title={t.chart.matters} report="satisfaction" table="matters">
        <Table rows={d.matters.slice(0, 15)} columns={['of', 'n', 'good', 'mean']} pick={(r) => behind(String(r.of), { matter: String(r.of), figure: 'rated' })} />
      </Panel>
      <Panel title={t.chart.by} report="satisfaction" table="by">
        <Table rows={d.by} columns={['of', 'n', 'good', 'mean']} />
        <Table rows={d.agents} columns={['agent', 'rated', 'good', 'score']} name={agentName} />
      </Panel>
    </>
  )
}

const agentName = (r: Row, c: string) => (c === 'agent' ? String(r.name || r.agent) : undefined)

export function Keywords({ d, word, pick }: { d: Data; word: string; pick: (w: string) => void }) {
  const { t } = useHere()
  const behind = useBehind()
  return (
    <>
      <Panel title={t.chart.words} report="keywords" table="words">
        <Ranks rows={d.words.slice(0, 16).map((w) => ({ key: String(w.word), name: String(w.word), n: num(w.n), bad: num(w.angry) }))} pick={pick} />
      </Panel>
      <div className="stack">
        <Panel title={t.chart.rising} report="keywords" table="rising">
          {d.rising.length === 0 ? <p className="dim pad">–</p> : <Ranks rows={d.rising.slice(0, 8).map((w) => ({ key: String(w.word), name: String(w.word), n: num(w.n), note: `${w.n} · ×${w.times}` }))} pick={pick} />}
        </Panel>
        <Panel title={word ? t.chart.heatOf(word) : t.chart.heat} report="keywords" table="heat">
          <HeatMap cells={d.heat as unknown as Heat[]} weekdays={t.weekdays} label={t.chart.heat} pick={(w, h) => behind(`${word} ${t.weekdays[w - 1]} ${h}:00`, { weekday: String(w), hour: String(h), ...(word ? { word } : {}) })} />
        </Panel>
      </div>
      <Panel title={t.chart.matters} report="keywords" table="matters" wide>
        <Table rows={d.matters.slice(0, 20)} columns={['matter', 'n', 'with_person', 'came_back', 'angry', 'confirmed']} pick={(r) => behind(String(r.matter), { matter: String(r.matter) })} />
      </Panel>
    </>
  )
}

export function Transfers({ d }: { d: Data }) {
  const { t, locale } = useHere()
  const behind = useBehind()
  const s: Series[] = [{ name: t.series.answered, values: d.days.map((x) => num(x.answered)) }, { name: t.series.lost, values: d.days.map((x) => num(x.lost)), tone: 'bad' }]
  const upTo = (r: Row, i: number) => (num(r.up_to_ms) ? `≤ ${span(num(r.up_to_ms), locale)}` : `> ${span(num(d.waits[i - 1]?.up_to_ms), locale)}`)
  return (
    <>
      <Panel title={t.chart.service} report="transfers" table="days" note={<Legend series={s} />}>
        <Bars labels={d.days.map((x) => short(x.day))} series={s} label={t.chart.service} format={plain} />
      </Panel>
      <Panel title={t.chart.waits} report="transfers" table="waits">
        <Ranks rows={d.waits.map((r, i) => ({ key: String(i), name: upTo(r, i), n: num(r.n) }))} />
      </Panel>
      <Panel title={t.chart.outcomes} report="transfers" table="outcomes">
        <Table rows={d.outcomes} columns={['state', 'reason', 'n']} />
      </Panel>
      <Panel title={t.chart.queues} report="transfers" table="queues">
        <Table rows={d.queues} columns={['queue', 'asked', 'answered', 'lost', 'in_time', 'answer_ms', 'answer_p90_ms']} pick={(r) => behind(String(r.queue), { queue: String(r.queue) })} />
      </Panel>
      <Panel title={t.chart.agents} report="transfers" table="agents" wide>
        <Table rows={d.agents} columns={['agent', 'handled', 'handle_ms', 'came_back', 'rated', 'good', 'score']} name={agentName} pick={(r) => behind(String(r.name || r.agent), { agent: String(r.agent) })} />
      </Panel>
    </>
  )
}

export function Recommendations({ d }: { d: Data }) {
  const { t } = useHere()
  const behind = useBehind()
  const s: Series[] = [{ name: t.series.told, values: d.days.map((x) => num(x.n)) }, { name: t.series.taken, values: d.days.map((x) => num(x.taken)), tone: 'second' }]
  return (
    <>
      <Panel title={t.chart.told} report="recommendations" table="days" note={<Legend series={s} />}>
        <Lines labels={d.days.map((x) => short(x.day))} series={s} label={t.chart.told} format={plain} />
      </Panel>
      <Panel title={t.chart.who} report="recommendations" table="by">
        <Table rows={d.by} columns={['of', 'n', 'interested', 'taken', 'refused']} />
      </Panel>
      <Panel title={t.chart.products} report="recommendations" table="products" wide>
        <Table rows={d.products} columns={['name', 'n', 'interested', 'taken', 'refused']} pick={(r) => behind(String(r.name || r.of), { product: String(r.of) })} />
      </Panel>
    </>
  )
}

export function Latency({ d }: { d: Data }) {
  const { t, locale } = useHere()
  const s: Series[] = [{ name: t.series.p50, values: d.days.map((x) => maybe(x.p50)) }, { name: t.series.p95, values: d.days.map((x) => maybe(x.p95)), tone: 'second' }]
  const last = d.spread.findLastIndex((b) => num(b.n) > 0)
  const spread = d.spread.slice(0, Math.max(last + 1, 10))
  return (
    <>
      <Panel title={t.chart.latency} report="latency" table="days" note={<Legend series={s} />}>
        <Lines labels={d.days.map((x) => short(x.day))} series={s} label={t.chart.latency} format={(v) => span(v, locale)} />
      </Panel>
      <Panel title={t.chart.turns} report="latency" table="spread">
        <Bars labels={spread.map((b) => span(num(b.from_ms), locale))} series={[{ name: t.chart.turns, values: spread.map((b) => num(b.n)) }]} label={t.chart.turns} format={plain} />
      </Panel>
      <Panel title={t.chart.stages} report="latency" table="stages" wide>
        <Table rows={d.stages} columns={['stage', 'p50', 'p90', 'p95', 'p99']} />
      </Panel>
    </>
  )
}
