import { useEffect, useRef } from 'react'
import type { Offer } from '../core/desk'

// beep rings twice, softly.
function beep(c: AudioContext) {
  for (const [i, f] of [660, 880].entries()) {
    const o = c.createOscillator()
    const g = c.createGain()
    const at = c.currentTime + i * 0.16
    o.frequency.value = f
    g.gain.setValueAtTime(0, at)
    g.gain.linearRampToValueAtTime(0.12, at + 0.02)
    g.gain.exponentialRampToValueAtTime(0.001, at + 0.15)
    o.connect(g).connect(c.destination)
    o.start(at)
    o.stop(at + 0.16)
  }
}

// useRing rings while somebody is offered, shows a notification when the tab is hidden, and
// says in the tab's title how many wait for an answer.
export function useRing(offers: Offer[], unread: number, aloud: boolean, title: string, text: string) {
  const audio = useRef<AudioContext>(undefined)
  const told = useRef(new Set<string>())
  const ringing = offers.length > 0
  useEffect(() => {
    document.title = offers.length + unread > 0 ? `(${offers.length + unread}) ${offers.length > 0 ? text : title}` : title
  }, [offers.length, unread, title, text])
  useEffect(() => {
    for (const o of offers) {
      if (told.current.has(o.id)) continue
      told.current.add(o.id)
      if (document.hidden && 'Notification' in window && Notification.permission === 'granted') {
        const n = new Notification(text, { body: o.packet?.summary ?? o.queue ?? '', tag: o.id, requireInteraction: true })
        n.onclick = () => {
          window.focus()
          n.close()
        }
      }
    }
  }, [offers, text])
  useEffect(() => {
    if (!ringing || !aloud) return
    audio.current ??= new AudioContext()
    const c = audio.current
    const ring = () => void c.resume().then(() => beep(c), () => undefined)
    ring()
    const timer = setInterval(ring, 2500)
    return () => clearInterval(timer)
  }, [ringing, aloud])
}
