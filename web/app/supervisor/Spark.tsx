// Spark is a risk over time, 0 to 100.
export function Spark({ points, label }: { points: number[]; label: string }) {
  const most = 30
  const w = 72
  const h = 20
  const shown = points.length === 1 ? [points[0] ?? 0, points[0] ?? 0] : points
  const xy = shown.map((p, i) => `${(w - ((shown.length - 1 - i) * w) / (most - 1)).toFixed(1)},${(h - 1 - (p / 100) * (h - 2)).toFixed(1)}`)
  return (
    <svg className="spark" width={w} height={h} viewBox={`0 0 ${w} ${h}`} role="img" aria-label={`${label}: ${points.slice(-6).join(', ')}`}>
      <line x1="0" x2={w} y1={h - 1} y2={h - 1} className="sparkbase" />
      {xy.length > 1 && <polyline points={xy.join(' ')} />}
    </svg>
  )
}
