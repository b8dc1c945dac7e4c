import { useCallback, useEffect, useState } from 'react'

// Load gets a picture of the conversation.
export type Load = (url: string, small: boolean) => Promise<Blob>

// usePicture shows what a load gives, for as long as it is on the page.
export function usePicture(load: Load, url: string, small: boolean): { src: string; lost: boolean; again: () => void } {
  const [src, setSrc] = useState('')
  const [lost, setLost] = useState(false)
  const [tries, setTries] = useState(0)
  useEffect(() => {
    let shown = ''
    let gone = false
    load(url, small).then(
      (b) => {
        if (gone) return
        shown = URL.createObjectURL(b)
        setSrc(shown)
      },
      () => gone || setLost(true),
    )
    return () => {
      gone = true
      setSrc('')
      setLost(false)
      if (shown) URL.revokeObjectURL(shown)
    }
  }, [load, url, small, tries])
  return { src, lost, again: useCallback(() => setTries((n) => n + 1), []) }
}

// useFile shows a file that is not sent yet.
export function useFile(file: File): string {
  const [src, setSrc] = useState('')
  useEffect(() => {
    const u = URL.createObjectURL(file)
    setSrc(u)
    return () => URL.revokeObjectURL(u)
  }, [file])
  return src
}
