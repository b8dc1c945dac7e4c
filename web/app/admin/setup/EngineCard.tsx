import { ActionIcon, Button, NativeSelect, PasswordInput, TextInput } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import type { Engine, EngineRole } from '../../core/admin'
import { tags } from '../../core/botform'
import { useHere } from '../context'
import { Trial } from './Trial'

interface Props {
  role: EngineRole
  kinds: string[]
  engine: Engine
  last: boolean // built in
  place: number
  of: number
  set: (e: Engine) => void
  move: (by: number) => void
  remove: () => void
}

export function EngineCard({ role, kinds, engine, last, place, of, set, move, remove }: Props) {
  const { t } = useHere()
  const [open, setOpen] = useState(!engine.id)
  const [trying, setTrying] = useState(false)
  const order = last && place === of - 1 && of > 1 ? t.engines.last : (t.engines.order[Math.min(place, 1)] ?? '')
  const name = [engine.engine, engine.model, engine.voice].filter(Boolean).join(' · ')
  return (
    <li className="engine">
      <div className="between">
        <span className="order dim small">{order}</span>
        <div className="grow">
          <div className="strong">{name}</div>
          <div className="dim small clip">{last ? t.engines.offlineNote : engine.url || engine.preset}</div>
          {engine.key_lost && <div className="bad small">{t.engines.keyLost}</div>}
        </div>
        <div className="actions">
          {of > 1 && (
            <>
              <ActionIcon variant="subtle" color="gray" aria-label={`${t.engines.up}: ${name}`} disabled={place === 0} onClick={() => move(-1)}>
                <IconArrowUp size={16} />
              </ActionIcon>
              <ActionIcon variant="subtle" color="gray" aria-label={`${t.engines.down}: ${name}`} disabled={place === of - 1} onClick={() => move(1)}>
                <IconArrowDown size={16} />
              </ActionIcon>
            </>
          )}
          <Button size="compact-sm" variant="default" aria-expanded={trying} onClick={() => setTrying(!trying)}>
            {t.engines.tryIt}
          </Button>
          {!last && (
            <>
              <Button size="compact-sm" variant="default" aria-expanded={open} onClick={() => setOpen(!open)}>
                {open ? t.close : t.edit}
              </Button>
              <ActionIcon variant="subtle" color="gray" aria-label={`${t.remove}: ${name}`} onClick={remove}>
                <IconTrash size={16} />
              </ActionIcon>
            </>
          )}
        </div>
      </div>
      {open && !last && <Fields role={role} kinds={kinds} engine={engine} set={set} />}
      {trying && <Trial role={role} engine={engine} />}
    </li>
  )
}

function Fields({ role, kinds, engine, set }: { role: EngineRole; kinds: string[]; engine: Engine; set: (e: Engine) => void }) {
  const { t } = useHere()
  const change = (p: Partial<Engine>) => set({ ...engine, ...p })
  const [langs, setLangs] = useState((engine.languages ?? []).join(', '))
  const keyed = engine.engine !== 'vosk' && engine.engine !== 'funasr'
  return (
    <div className="trial two">
      <NativeSelect label={t.engines.engine} data={kinds} value={engine.engine} onChange={(e) => change({ engine: e.currentTarget.value })} />
      {(role === 'llm' || role === 'embed') && <TextInput label={t.engines.preset} description={t.engines.presetHint} placeholder="deepseek, qwen, ollama…" value={engine.preset ?? ''} onChange={(e) => change({ preset: e.currentTarget.value })} />}
      <TextInput label={t.engines.url} placeholder={keyed ? 'https://…/v1' : 'wss://…'} value={engine.url ?? ''} onChange={(e) => change({ url: e.currentTarget.value })} />
      {keyed && <TextInput label={t.engines.model} value={engine.model ?? ''} onChange={(e) => change({ model: e.currentTarget.value })} />}
      {role === 'tts' && <TextInput label={t.engines.voice} value={engine.voice ?? ''} onChange={(e) => change({ voice: e.currentTarget.value })} />}
      {keyed && <PasswordInput label={t.engines.key} description={engine.key_set ? t.engines.keySet : t.engines.keyNone} placeholder={engine.key_set ? '••••••••' : ''} autoComplete="off" value={engine.key ?? ''} onChange={(e) => change({ key: e.currentTarget.value })} />}
      {(role === 'asr' || role === 'tts') && (
        <TextInput
          label={t.engines.langs} description={t.engines.langsHint} value={langs}
          onChange={(e) => {
            setLangs(e.currentTarget.value)
            change({ languages: tags(e.currentTarget.value) })
          }}
        />
      )}
    </div>
  )
}
