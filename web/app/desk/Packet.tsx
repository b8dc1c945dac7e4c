import { IconAlertTriangle, IconCircleCheck, IconCircleDashed, IconMoodSmile, IconMoodAngry, IconMoodSad, IconQuote, IconShieldCheck, IconShieldOff, IconTool, IconQuestionMark } from '@tabler/icons-react'
import type { Packet as Known } from '../core/desk'
import { tongue, useDeskHere } from './context'

// Packet is what a person is given to know.
export function Packet({ p }: { p: Known }) {
  const { t, locale } = useDeskHere()
  const mood = p.sentiment <= -0.6 ? 2 : p.sentiment <= -0.25 ? 1 : 0
  const Mood = [IconMoodSmile, IconMoodSad, IconMoodAngry][mood] ?? IconMoodSmile
  const level = Math.min(2, Math.max(0, p.verification.level))
  const Shield = level > 0 ? IconShieldCheck : IconShieldOff
  const bare = !p.summary && p.slots.length === 0 && p.actions.length === 0 && p.citations.length === 0
  return (
    <div className="packet">
      <div className="pills">
        {p.reason && <span className="pill draft">{t.reasons[p.reason] ?? p.reason}</span>}
        <span className={mood === 2 ? 'pill badpill' : mood === 1 ? 'pill wait' : 'pill plainpill'}>
          <Mood size={13} aria-hidden />
          {t.moods[mood]}
        </span>
        {p.language && <span className="pill plainpill">{tongue(p.language, locale)}</span>}
        <span className={level > 0 ? 'pill good' : 'pill plainpill'}>
          <Shield size={13} aria-hidden />
          {t.verified[level]}
        </span>
        {p.danger && (
          <span className="pill badpill">
            <IconAlertTriangle size={13} aria-hidden />
            {t.danger}
          </span>
        )}
      </div>
      {p.summary ? <p className="summary">{p.summary}</p> : bare && <p className="dim">{t.nothingYet}</p>}
      {p.intent && p.intent !== p.last && (
        <Part title={t.intent}>
          <p>{p.intent_title ?? p.intent}</p>
        </Part>
      )}
      {p.slots.length > 0 && (
        <Part title={t.slots}>
          <dl className="slots">
            {p.slots.map((s) => (
              <div key={s.name}>
                <dt>{s.label || s.name.replaceAll('_', ' ')}</dt>
                <dd>
                  {s.value}
                  <span title={s.verified ? t.sure : t.unsure} className={s.verified ? 'okicon' : 'dim'}>
                    {s.verified ? <IconCircleCheck size={14} aria-label={t.sure} /> : <IconCircleDashed size={14} aria-label={t.unsure} />}
                  </span>
                </dd>
              </div>
            ))}
          </dl>
        </Part>
      )}
      {p.actions.length > 0 && (
        <Part title={t.actions}>
          <ul className="facts">
            {p.actions.map((a, i) => (
              <li key={i}>
                <IconTool size={14} aria-hidden />
                <span>
                  {a.tool} <span className={a.state === 'done' ? 'okword' : 'bad'}>{t.states[a.state] ?? a.state}</span>
                </span>
              </li>
            ))}
          </ul>
        </Part>
      )}
      {p.unanswered.length > 0 && (
        <Part title={t.unanswered}>
          <ul className="facts">
            {p.unanswered.slice(-3).map((q, i) => (
              <li key={i}>
                <IconQuestionMark size={14} aria-hidden />
                <span>{q}</span>
              </li>
            ))}
          </ul>
        </Part>
      )}
      {p.citations.length > 0 && (
        <Part title={t.sources}>
          <ul className="facts">
            {p.citations.slice(-4).map((c, i) => (
              <li key={i} title={c.quote}>
                <IconQuote size={14} aria-hidden />
                <span className="clip">{c.title}</span>
              </li>
            ))}
          </ul>
        </Part>
      )}
    </div>
  )
}

function Part({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <section className="part">
      <h3>{title}</h3>
      {children}
    </section>
  )
}
