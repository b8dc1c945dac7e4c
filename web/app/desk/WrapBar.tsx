import { Button } from '@mantine/core'
import { IconClipboardCheck } from '@tabler/icons-react'
import type { OpenWrapUp } from '../core/desk'
import { since, useDeskHere } from './context'

// WrapBar says that it is still to be said how a conversation ended: the one that keeps the
// next customer waiting first.
export function WrapBar({ list, name, open }: { list: OpenWrapUp[]; name: (id: string) => string; open: (w: OpenWrapUp) => void }) {
  const { t, now } = useDeskHere()
  const weight = { mandatory: 0, timed: 1, optional: 2 } as Record<string, number>
  const w = [...list].sort((a, b) => (weight[a.mode] ?? 3) - (weight[b.mode] ?? 3) || b.began_at.localeCompare(a.began_at))[0]
  if (!w) return null
  const who = w.name || name(w.conversation)
  const left = w.until ? Date.parse(w.until) - now : 0
  const words = w.mode === 'mandatory' ? t.wrap.lead(who) : w.mode === 'timed' && left > 0 ? t.wrap.timed(who, since(left)) : t.wrap.optional(who)
  return (
    <section className={w.mode === 'mandatory' ? 'wrapbar must' : 'wrapbar'} aria-label={t.wrap.title}>
      <IconClipboardCheck size={16} aria-hidden />
      <span className="grow">{words}</span>
      <Button size="compact-sm" variant={w.mode === 'optional' ? 'default' : 'filled'} onClick={() => open(w)}>
        {t.wrap.open} <kbd>W</kbd>
      </Button>
    </section>
  )
}
