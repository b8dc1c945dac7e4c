import { IconAdjustments, IconClipboardList, IconCoins, IconCpu, IconExternalLink, IconFileText, IconLogout, IconMessageQuestion, IconMessages, IconPlugConnected, IconQuote, IconShoppingBag, IconTool, IconUsers } from '@tabler/icons-react'
import { link, type Screen } from '../core/route'
import type { Role } from '../core/admin'
import { may, useHere } from './context'

const groups: { name: 'knowledge' | 'behaviour' | 'company'; screens: { screen: Screen; icon: typeof IconTool; role: Role }[] }[] = [
  {
    name: 'knowledge',
    screens: [
      { screen: 'documents', icon: IconFileText, role: 'agent' },
      { screen: 'try', icon: IconMessages, role: 'agent' },
      { screen: 'gaps', icon: IconMessageQuestion, role: 'agent' },
      { screen: 'phrasings', icon: IconQuote, role: 'agent' },
      { screen: 'products', icon: IconShoppingBag, role: 'agent' },
    ],
  },
  {
    name: 'behaviour',
    screens: [
      { screen: 'bot', icon: IconAdjustments, role: 'agent' },
      { screen: 'tools', icon: IconTool, role: 'agent' },
      { screen: 'engines', icon: IconCpu, role: 'admin' },
    ],
  },
  {
    name: 'company',
    screens: [
      { screen: 'staff', icon: IconUsers, role: 'admin' },
      { screen: 'programs', icon: IconPlugConnected, role: 'admin' },
      { screen: 'costs', icon: IconCoins, role: 'supervisor' },
      { screen: 'audit', icon: IconClipboardList, role: 'supervisor' },
    ],
  },
]

export function Nav({ screen, open, leave }: { screen: Screen; open: boolean; leave: () => void }) {
  const { t, me } = useHere()
  return (
    <nav className={open ? 'nav open' : 'nav'} aria-label={t.menu}>
      {groups.map((g) => {
        const seen = g.screens.filter((s) => may(me, s.role))
        if (seen.length === 0) return null
        return (
          <div key={g.name} className="navgroup">
            <div className="navtitle">{t.groups[g.name]}</div>
            {seen.map(({ screen: s, icon: Icon }) => (
              <a key={s} href={link(s)} className="navlink" aria-current={s === screen ? 'page' : undefined}>
                <Icon size={17} aria-hidden />
                {t.nav[s]}
              </a>
            ))}
          </div>
        )
      })}
      <div className="navfoot">
        <a className="navlink" href="/" target="_blank" rel="noreferrer">
          <IconExternalLink size={17} aria-hidden />
          {t.shop}
        </a>
        <div className="me">
          <div className="mename">{me.name || me.email}</div>
          <div className="dim small">{t.staff.roles[me.role]}</div>
        </div>
        <button type="button" className="navlink" onClick={leave}>
          <IconLogout size={17} aria-hidden />
          {t.signOut}
        </button>
      </div>
    </nav>
  )
}
