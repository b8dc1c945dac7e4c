import { since, useDeskHere } from './context'

const round = 2 * Math.PI * 7

// Target is a ring that fills as a customer's wait goes towards what the queue promises. How it
// stands is in its shape and in words too: one who waits too long has an exclamation mark.
export function Target({ wait, of }: { wait: number; of: number }) {
  const { t } = useDeskHere()
  const share = Math.min(1, wait / of)
  const grade = share >= 1 ? 'late' : share >= 0.75 ? 'near' : 'well'
  const words = t.target(since(wait), since(of), share >= 1)
  return (
    <span className={`target ${grade}`} role="img" aria-label={words} title={words}>
      <svg width="18" height="18" viewBox="0 0 18 18" aria-hidden>
        <circle className="whole" cx="9" cy="9" r="7" />
        <circle className="part" cx="9" cy="9" r="7" strokeDasharray={`${share * round} ${round}`} transform="rotate(-90 9 9)" />
        {share >= 1 && <path d="M9 5.6v4M9 12v.4" />}
      </svg>
      {share >= 1 && <span className="small">{t.late}</span>}
    </span>
  )
}
