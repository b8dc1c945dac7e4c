import { useState, type ClipboardEvent, type DragEvent } from 'react'
import { pick, type NotTaken } from '../core/pictures'

const files = (d: DataTransfer) => [...d.files]
const carries = (d: DataTransfer) => d.types.includes('Files')

// usePicked holds the pictures chosen for the next message: attached, pasted or dropped.
export function usePicked() {
  const [{ files: picked, not }, setPicked] = useState<{ files: File[]; not?: NotTaken }>({ files: [] })
  const [depth, setDepth] = useState(0) // entering a child comes before leaving its parent
  const take = (more: File[]) => setPicked((now) => pick(now.files, more))
  const set = (to: File[]) => setPicked({ files: to })
  const drag = (by: (n: number) => number) => (e: DragEvent) => {
    if (!carries(e.dataTransfer)) return
    e.preventDefault()
    setDepth(by)
  }
  // on is for the element that takes what is pasted and dropped.
  const on = {
    onPaste: (e: ClipboardEvent) => {
      // A copied table is text, and a picture besides.
      if (e.clipboardData.files.length === 0 || e.clipboardData.types.includes('text/plain')) return
      e.preventDefault()
      take(files(e.clipboardData))
    },
    onDragEnter: drag((n) => n + 1),
    onDragOver: drag((n) => n),
    onDragLeave: drag((n) => Math.max(0, n - 1)),
    onDrop: (e: DragEvent) => {
      if (!carries(e.dataTransfer)) return
      e.preventDefault()
      setDepth(0)
      take(files(e.dataTransfer))
    },
  }
  return { picked, not, over: depth > 0, take, set, on }
}

export type Picked = ReturnType<typeof usePicked>
