import { useEffect, useRef } from 'react'

// useKeys calls what a key is for while nothing is typed and no dialog is open.
export function useKeys(keys: Record<string, () => void>) {
  const latest = useRef(keys)
  latest.current = keys
  useEffect(() => {
    const f = (e: KeyboardEvent) => {
      const at = e.target as HTMLElement
      if (e.ctrlKey || e.metaKey || e.altKey || e.defaultPrevented || e.isComposing) return
      if (at.closest('input, textarea, select, [contenteditable], [role=dialog], [role=menu], [role=listbox]')) return
      const run = latest.current[e.key.length === 1 ? e.key.toLowerCase() : e.key]
      if (!run) return
      e.preventDefault()
      run()
    }
    addEventListener('keydown', f)
    return () => removeEventListener('keydown', f)
  }, [])
}
