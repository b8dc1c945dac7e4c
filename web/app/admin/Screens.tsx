import type { ReactNode } from 'react'
import type { Route } from '../core/route'
import { Bot } from './setup/Bot'
import { Audit } from './setup/Audit'
import { Costs } from './setup/Costs'
import { may, useHere } from './context'
import { Document } from './documents/Document'
import { Documents } from './documents/Documents'
import { Engines } from './setup/Engines'
import { Answers } from './learn/Answers'
import { Gaps } from './learn/Gaps'
import { Phrasings } from './learn/Phrasings'
import { Products } from './setup/Products'
import { Programs } from './setup/Programs'
import { Staff } from './setup/Staff'
import { Tools } from './setup/Tools'
import { Bench } from './try/Bench'

// Screens is the screen of a route, under its title.
export function Screens({ route }: { route: Route }) {
  const { t, me } = useHere()
  if (route.screen === 'documents' && (route.with.id || route.with.new)) {
    return <Document key={route.with.id ?? 'new'} id={route.with.id} quote={route.with.quote} title={route.with.title} gap={route.with.gap} />
  }
  const screens: Record<Route['screen'], ReactNode> = {
    documents: <Documents />, try: <Bench />, gaps: <>{may(me, 'supervisor') && <Answers />}<Gaps /></>, phrasings: <Phrasings />, products: <Products />, bot: <Bot />, tools: <Tools />, engines: <Engines />, staff: <Staff />, programs: <Programs />, costs: <Costs />, audit: <Audit />,
  }
  return (
    <>
      <div className="head">
        <h1>{t.nav[route.screen]}</h1>
        <p className="dim">{t.lead[route.screen]}</p>
      </div>
      {screens[route.screen]}
    </>
  )
}
