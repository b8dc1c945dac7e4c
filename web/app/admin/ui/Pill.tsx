import { IconAlertTriangle, IconCheck, IconClock, IconPencil, IconPlugConnectedX } from '@tabler/icons-react'

const looks = {
  good: { icon: IconCheck, className: 'pill good' },
  wait: { icon: IconClock, className: 'pill wait' },
  bad: { icon: IconAlertTriangle, className: 'pill badpill' },
  off: { icon: IconPlugConnectedX, className: 'pill badpill' },
  draft: { icon: IconPencil, className: 'pill draft' },
}

// Pill is a state: a word with an icon, never colour alone.
export function Pill({ kind, children }: { kind: keyof typeof looks; children: string }) {
  const { icon: Icon, className } = looks[kind]
  return (
    <span className={className}>
      <Icon size={13} aria-hidden />
      {children}
    </span>
  )
}
