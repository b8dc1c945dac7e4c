// The products, drawn: each a calm object on a tinted ground.

const view = { viewBox: '0 0 240 150', 'aria-hidden': true, className: 'drawing' } as const

function Ground() {
  return <ellipse cx="120" cy="128" rx="66" ry="6" className="shade" />
}

export function Headphones() {
  return (
    <svg {...view}>
      <Ground />
      <path d="M70 92V80a50 50 0 0 1 100 0v12" className="stroke thick" />
      <path d="M78 84V80a42 42 0 0 1 84 0v4" className="stroke thin" />
      <rect x="58" y="80" width="28" height="42" rx="13" className="body" />
      <rect x="154" y="80" width="28" height="42" rx="13" className="body" />
      <rect x="80" y="84" width="12" height="34" rx="6" className="soft" />
      <rect x="148" y="84" width="12" height="34" rx="6" className="soft" />
      <circle cx="67" cy="101" r="3" className="glow" />
    </svg>
  )
}

export function Earbuds() {
  return (
    <svg {...view}>
      <Ground />
      <rect x="82" y="72" width="76" height="54" rx="20" className="body" />
      <path d="M82 92h76" className="stroke thin" />
      <circle cx="120" cy="108" r="3" className="glow" />
      <path d="M92 62c-9-4-14-13-11-22 3-8 13-12 20-7 6 4 7 11 3 17l-3 22c-1 6-9 5-9-1z" className="soft" />
      <path d="M148 62c9-4 14-13 11-22-3-8-13-12-20-7-6 4-7 11-3 17l3 22c1 6 9 5 9-1z" className="soft" />
      <circle cx="92" cy="43" r="5" className="body" />
      <circle cx="148" cy="43" r="5" className="body" />
    </svg>
  )
}

export function Speaker() {
  return (
    <svg {...view}>
      <Ground />
      <rect x="76" y="24" width="88" height="102" rx="16" className="body" />
      <rect x="84" y="32" width="72" height="86" rx="10" className="soft" />
      <circle cx="120" cy="86" r="24" className="body" />
      <circle cx="120" cy="86" r="9" className="soft" />
      <circle cx="120" cy="48" r="8" className="body" />
      <circle cx="146" cy="112" r="2.5" className="glow" />
    </svg>
  )
}
