import { IconCoins } from '@tabler/icons-react'
import { admin, type UsageDay } from '../../core/admin'
import { useHere } from '../context'
import { Empty, Show } from '../ui/State'
import { useLoad } from '../useLoad'

// Costs is what models were used for in the last thirty days, day by day.
export function Costs() {
  const { t } = useHere()
  const days = useLoad<UsageDay[]>(() => admin.usage(), [])
  return <Show of={days}>{(ds) => (ds.length === 0 ? <Empty icon={<IconCoins size={28} />} title={t.costs.empty} text={t.costs.emptyMore} /> : <Table days={ds} />)}</Show>
}

function Table({ days }: { days: UsageDay[] }) {
  const { t, locale } = useHere()
  const n = (x: number) => new Intl.NumberFormat(locale).format(x)
  const day = (d: string) => new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' }).format(new Date(d))
  const sum = (of: (d: UsageDay) => number) => n(days.reduce((s, d) => s + of(d), 0))
  const currencies = [...new Set(days.map((d) => d.currency))]
  return (
    <div className="card tablecard" tabIndex={0} role="region" aria-label={t.nav.costs}>
      <table className="table">
        <thead>
          <tr>
            <th>{t.costs.day}</th>
            <th>{t.costs.model}</th>
            <th className="num">{t.costs.requests}</th>
            <th className="num wide">{t.costs.read}</th>
            <th className="num wide">{t.costs.written}</th>
            <th className="num">{t.costs.cost}</th>
          </tr>
        </thead>
        <tbody>
          {days.map((d, i) => (
            <tr key={`${d.day} ${d.role} ${d.model} ${d.currency}`}>
              <td className="nowrap num left">{d.day === days[i - 1]?.day ? <span className="sr">{day(d.day)}</span> : day(d.day)}</td>
              <td>
                {d.model || t.engines.roles[d.role]} <span className="dim small">{t.engines.roles[d.role]}</span>
              </td>
              <td className="num">{n(d.requests)}</td>
              <td className="num wide">{n(d.prompt_tokens)}</td>
              <td className="num wide">{n(d.reply_tokens)}</td>
              <td className="num nowrap">{money(d.cost, d.currency, locale)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row" colSpan={2}>
              {t.costs.total}
            </th>
            <td className="num strong">{sum((d) => d.requests)}</td>
            <td className="num wide strong">{sum((d) => d.prompt_tokens)}</td>
            <td className="num wide strong">{sum((d) => d.reply_tokens)}</td>
            <td className="num nowrap strong">
              {currencies.map((c) => (
                <div key={c}>{money(days.filter((d) => d.currency === c).reduce((s, d) => s + d.cost, 0), c, locale)}</div>
              ))}
            </td>
          </tr>
        </tfoot>
      </table>
    </div>
  )
}

// money shows small sums too: what a day costs may be cents.
function money(x: number, currency: string, locale: string): string {
  const digits = x !== 0 && x < 1 ? 4 : 2
  try {
    return new Intl.NumberFormat(locale, { style: 'currency', currency, minimumFractionDigits: 2, maximumFractionDigits: digits }).format(x)
  } catch {
    return `${new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: digits }).format(x)} ${currency}`.trim()
  }
}
