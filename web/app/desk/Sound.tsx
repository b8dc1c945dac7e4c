import { ActionIcon, Popover, Select, Switch } from '@mantine/core'
import { IconAdjustmentsHorizontal, IconAlertTriangle, IconAntennaBars2, IconAntennaBars3, IconAntennaBars5, IconVolume } from '@tabler/icons-react'
import type { Grade } from '../core/quality'
import { useDeskHere } from './context'
import { Level } from './Level'
import type { Audio, Device } from './useAudio'

const bars = [IconAlertTriangle, IconAntennaBars2, IconAntennaBars3, IconAntennaBars5]

// Sound is whether the agent's audio stands by, how it is, and by which devices.
// busy: a call has it, which says how it is.
export function Sound({ audio, busy }: { audio: Audio; busy: boolean }) {
  const { t } = useDeskHere()
  const s = audio.state
  const live = ['asking', 'connecting', 'ready', 'lost'].includes(s.line)
  const why = s.line === 'failed' && s.failure ? (t.audio.failures[s.failure] ?? `${t.audio.failures.server} ${s.detail ?? ''}`) : t.audio.line[s.line]
  return (
    <div className="sound">
      <Switch size="sm" checked={live} onChange={() => (live ? audio.off() : audio.on())} label={t.audio.ready} classNames={{ label: 'soundlabel' }} />
      {s.line === 'ready' ? (
        <>
          <Level mic={s.muted ? undefined : s.mic} label={s.muted ? t.audio.muted : t.audio.level} />
          <Network grade={s.grade} />
          {!busy && <span className="small dim">{t.audio.line.ready}</span>}
        </>
      ) : (
        <span className={['failed', 'elsewhere', 'lost'].includes(s.line) ? 'small bad' : 'small dim'} role="status">
          {why}
        </span>
      )}
      {s.silenced && (
        <button type="button" className="soundon small" onClick={audio.sound}>
          <IconVolume size={14} aria-hidden /> {t.audio.soundOn}
        </button>
      )}
      <Popover position="bottom-start" shadow="md" width={280} trapFocus>
        <Popover.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={t.audio.devices} title={t.audio.devices}>
            <IconAdjustmentsHorizontal size={17} />
          </ActionIcon>
        </Popover.Target>
        <Popover.Dropdown>
          <div className="dialog">
            <Choice label={t.audio.microphone} all={audio.microphones} value={audio.microphone} choose={audio.useMicrophone} />
            <Choice label={t.audio.speaker} all={audio.speakers} value={audio.speaker} choose={audio.useSpeaker} />
            {audio.microphones.length === 0 && <p className="dim small">{t.audio.named}</p>}
          </div>
        </Popover.Dropdown>
      </Popover>
    </div>
  )
}

function Choice({ label, all, value, choose }: { label: string; all: Device[]; value: string; choose: (id: string) => void }) {
  const { t } = useDeskHere()
  return (
    <Select
      label={label} allowDeselect={false} value={value} data={[{ value: '', label: t.audio.standard }, ...all.map((d) => ({ value: d.id, label: d.label }))]} onChange={(id) => choose(id ?? '')}
      comboboxProps={{ withinPortal: false }}
    />
  )
}

function Network({ grade }: { grade?: Grade }) {
  const { t } = useDeskHere()
  if (grade === undefined) return <span className="network" /> // its place is kept
  const Icon = bars[grade] ?? IconAlertTriangle
  return (
    <span className={grade < 2 ? 'network small bad' : 'network small dim'} title={t.audio.network}>
      <Icon size={16} aria-hidden />
      <span className="sr">{t.audio.network}: </span>
      {t.audio.grades[grade]}
    </span>
  )
}
