import { ActionIcon, Button, Select, Tooltip } from '@mantine/core'
import { IconMicrophone, IconMicrophoneOff, IconPhoneOff } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import type { Catalog } from '../core/catalog'
import { Keypad } from './Keypad'
import type { useConversation } from './useCall'

interface Props {
  t: Catalog
  c: ReturnType<typeof useConversation>
}

// Controls are what can be done in a call: levels, mute, keys, microphone, hanging up.
export function Controls({ t, c }: Props) {
  const live = c.state.kind === 'live'
  return (
    <div className="controls">
      <div className="meters">
        <Meter label={t.heardYou} level={c.muted ? 0 : c.levels.mic} />
        <Meter label={t.heardBot} level={c.levels.bot} />
      </div>
      <div className="buttons">
        <Tooltip label={c.muted ? t.unmute : t.mute}>
          <ActionIcon size="lg" variant={c.muted ? 'filled' : 'default'} color={c.muted ? 'orange' : undefined} aria-label={c.muted ? t.unmute : t.mute} aria-pressed={c.muted} disabled={!live} onClick={() => c.mute(!c.muted)}>
            {c.muted ? <IconMicrophoneOff size={18} /> : <IconMicrophone size={18} />}
          </ActionIcon>
        </Tooltip>
        <Keypad t={t} disabled={!live} press={(key) => c.call.current?.press(key)} />
        <Microphones t={t} call={c.call} live={live} />
        <Button color="red.9" leftSection={<IconPhoneOff size={16} aria-hidden />} onClick={c.hangUp} className="hangup">
          {t.hangup}
        </Button>
      </div>
    </div>
  )
}

function Meter({ label, level }: { label: string; level: number }) {
  return (
    <div className="meter">
      <span className="dim small">{label}</span>
      <div className="track" role="meter" aria-label={label} aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(level * 100)}>
        <div className="fill" style={{ transform: `scaleX(${level.toFixed(2)})` }} />
      </div>
    </div>
  )
}

// Microphones shows the one in use; one that cannot be had leaves it as it was.
function Microphones({ t, call, live }: { t: Catalog; call: Props['c']['call']; live: boolean }) {
  const [device, setDevice] = useState('')
  const [devices, setDevices] = useState<{ value: string; label: string }[]>([])
  useEffect(() => {
    if (!live || !navigator.mediaDevices.enumerateDevices) return
    setDevice(call.current?.device() ?? '')
    const list = () =>
      void navigator.mediaDevices.enumerateDevices().then((all) =>
        setDevices(
          all
            .filter((d) => d.kind === 'audioinput' && d.deviceId !== '')
            .map((d) => ({ value: d.deviceId, label: d.label || t.standardMicrophone })),
        ),
      )
    list()
    navigator.mediaDevices.addEventListener?.('devicechange', list)
    return () => navigator.mediaDevices.removeEventListener?.('devicechange', list)
  }, [live, t, call])
  const choose = (id: string) => {
    const c = call.current
    void c?.use(id).catch(() => undefined).then(() => setDevice(c.device()))
  }
  return (
    <Select
      size="sm" className="mic" aria-label={t.microphone} placeholder={t.standardMicrophone} data={devices} disabled={devices.length === 0} value={device || null}
      allowDeselect={false} comboboxProps={{ withinPortal: true }} onChange={(id) => id && choose(id)}
    />
  )
}
