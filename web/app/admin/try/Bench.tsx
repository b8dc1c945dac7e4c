import { useState } from 'react'
import { Chat } from './Chat'
import { Search } from './Search'

// Bench is the search beside a conversation: what was asked there can be looked up here.
export function Bench() {
  const [q, setQ] = useState('')
  return (
    <div className="bench">
      <Search q={q} setQ={setQ} />
      <Chat look={setQ} />
    </div>
  )
}
