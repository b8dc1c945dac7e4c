import { Button } from '@mantine/core'
import { IconApi, IconExternalLink, IconPlus, IconWebhook } from '@tabler/icons-react'
import { useState } from 'react'
import { admin, type Key } from '../../core/admin'
import { useHere, when } from '../context'
import { Confirm } from '../ui/Confirm'
import { Pill } from '../ui/Pill'
import { Empty, Show } from '../ui/State'
import { useLoad } from '../useLoad'
import { Deliveries } from './Deliveries'
import { NewKey } from './NewKey'

// Programs is what the company's own programs may ask for, and what they are told.
export function Programs() {
  return (
    <>
      <Keys />
      <Hooks />
    </>
  )
}

function Keys() {
  const { t, locale } = useHere()
  const list = useLoad(() => admin.keys(), [])
  const [adding, setAdding] = useState(false)
  const [ending, setEnding] = useState<Key>()
  return (
    <section aria-labelledby="keys">
      <div className="sectionhead">
        <div>
          <h2 id="keys">{t.programs.keys}</h2>
          <p className="dim">
            {t.programs.keysLead}{' '}
            <a href="/docs" target="_blank" rel="noreferrer" className="nowrap">
              {t.programs.docs} <IconExternalLink size={13} aria-hidden />
            </a>
          </p>
        </div>
        <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setAdding(true)}>
          {t.programs.addKey}
        </Button>
      </div>
      <Show of={list} rows={3}>
        {(keys) =>
          keys.length === 0 ? (
            <Empty icon={<IconApi size={28} />} title={t.programs.noKeys} text={t.programs.noKeysMore} />
          ) : (
            <div className="card tablecard" tabIndex={0} role="region" aria-label={t.programs.keys}>
              <table className="table">
                <thead>
                  <tr>
                    <th>{t.programs.key}</th>
                    <th>{t.programs.may}</th>
                    <th className="wide">{t.programs.made}</th>
                    <th className="wide">{t.programs.used}</th>
                    <th>{t.programs.expires}</th>
                    <th>
                      <span className="sr">{t.edit}</span>
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {keys.map((k) => (
                    <tr key={k.id}>
                      <td className="strong">{k.name}</td>
                      <td>{t.staff.roles[k.role]}</td>
                      <td className="dim wide nowrap">{when(k.created_at, locale)}</td>
                      <td className="dim wide nowrap">{k.used_at ? when(k.used_at, locale) : t.never}</td>
                      <td className="nowrap">{!k.expires_at ? <span className="dim">{t.never}</span> : Date.parse(k.expires_at) < Date.now() ? <Pill kind="off">{t.programs.expired}</Pill> : <span className="dim">{when(k.expires_at, locale)}</span>}</td>
                      <td>
                        <div className="actions">
                          <Button size="compact-sm" variant="subtle" color="gray" onClick={() => setEnding(k)} aria-label={`${t.programs.end}: ${k.name}`}>
                            {t.programs.end}
                          </Button>
                        </div>
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )
        }
      </Show>
      {adding && <NewKey close={() => setAdding(false)} made={list.reload} />}
      {ending && (
        <Confirm
          title={t.programs.confirmKey} text={t.programs.confirmKeyMore} what={ending.name} action={t.programs.end} close={() => setEnding(undefined)}
          run={async () => {
            await admin.removeKey(ending.id)
            list.reload()
          }}
        />
      )}
    </section>
  )
}

const looks = { on: 'good', failing: 'bad', off: 'off' } as const

function Hooks() {
  const { t, locale } = useHere()
  const list = useLoad(() => admin.hooks(), [])
  return (
    <section aria-labelledby="hooks" className="below">
      <div className="sectionhead">
        <div>
          <h2 id="hooks">{t.programs.hooks}</h2>
          <p className="dim">{t.programs.hooksLead}</p>
        </div>
      </div>
      <Show of={list} rows={3}>
        {(hooks) =>
          hooks.length === 0 ? (
            <Empty icon={<IconWebhook size={28} />} title={t.programs.noHooks} />
          ) : (
            <>
              <div className="card tablecard" tabIndex={0} role="region" aria-label={t.programs.hooks}>
                <table className="table">
                  <thead>
                    <tr>
                      <th>{t.programs.address}</th>
                      <th>{t.programs.state}</th>
                      <th className="wide">{t.programs.events}</th>
                      <th className="num">{t.programs.delivered}</th>
                      <th className="num">{t.programs.waiting}</th>
                      <th className="num">{t.programs.givenUp}</th>
                    </tr>
                  </thead>
                  <tbody>
                    {hooks.map((h) => (
                      <tr key={h.id}>
                        <td>
                          <code>{h.url}</code>
                          {h.state !== 'on' && (
                            <div className="bad small">
                              {h.last_error} {h.failed_at && <span className="dim nowrap">({when(h.failed_at, locale)})</span>} {h.state === 'off' && t.programs.offMore}
                            </div>
                          )}
                        </td>
                        <td>
                          <Pill kind={looks[h.state]}>{t.programs.states[h.state]}</Pill>
                        </td>
                        <td className="dim wide small">{h.events.length === 0 || h.events.includes('*') ? t.programs.all : h.events.join(', ')}</td>
                        <td className="num">{h.delivered}</td>
                        <td className="num">{h.waiting}</td>
                        <td className="num">{h.given_up}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
              <Deliveries hooks={hooks} changed={list.reload} />
            </>
          )
        }
      </Show>
    </section>
  )
}
