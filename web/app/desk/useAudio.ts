import { useCallback, useEffect, useRef, useState } from 'react'
import { off, StandBy, type StandByState } from '../core/standby'

export interface Device { id: string; label: string }

export interface Audio {
  state: StandByState
  microphones: Device[]
  speakers: Device[] // none where the browser cannot choose one
  microphone: string // '' is the browser's choice
  speaker: string
  on: () => void
  off: () => void
  mute: (muted: boolean) => void
  sound: () => void
  useMicrophone: (id: string) => void
  useSpeaker: (id: string) => void
}

const kept = 'parley.audio' // of this tab: one that is loaded again stands by again

const listed = (all: MediaDeviceInfo[], kind: MediaDeviceKind): Device[] =>
  all.filter((d) => d.kind === kind && d.label && d.deviceId && d.deviceId !== 'default' && d.deviceId !== 'communications').map((d) => ({ id: d.deviceId, label: d.label }))

// useAudio is the agent's audio on this page, and the devices that it may use.
export function useAudio(trouble: (err: unknown) => void): Audio {
  const line = useRef<StandBy>(undefined)
  const [state, setState] = useState(off)
  const [devices, setDevices] = useState<MediaDeviceInfo[]>([])
  const [microphone, setMicrophone] = useState(localStorage.getItem('parley.microphone') ?? '')
  const [speaker, setSpeaker] = useState(localStorage.getItem('parley.speaker') ?? '')
  const fails = useRef(trouble)
  fails.current = trouble
  useEffect(() => {
    const l = new StandBy({ microphone: localStorage.getItem('parley.microphone') ?? '', speaker: localStorage.getItem('parley.speaker') ?? '' }, setState)
    line.current = l
    if (sessionStorage.getItem(kept) === 'on') void l.on()
    return () => l.close()
  }, [])
  useEffect(() => {
    const media = navigator.mediaDevices as MediaDevices | undefined // none without HTTPS
    if (!media) return
    const look = () => void media.enumerateDevices().then(setDevices, () => undefined)
    look()
    media.addEventListener('devicechange', look)
    return () => media.removeEventListener('devicechange', look)
  }, [state.mic]) // names are known once the microphone was allowed
  const on = useCallback(() => {
    sessionStorage.setItem(kept, 'on')
    void line.current?.on()
  }, [])
  const end = useCallback(() => {
    sessionStorage.removeItem(kept)
    line.current?.off()
  }, [])
  const useMicrophone = (id: string) => {
    localStorage.setItem('parley.microphone', id)
    setMicrophone(id)
    line.current?.use(id).catch(fails.current)
  }
  const useSpeaker = (id: string) => {
    localStorage.setItem('parley.speaker', id)
    setSpeaker(id)
    line.current?.listenTo(id)
  }
  const there = (all: Device[], id: string) => (all.some((d) => d.id === id) ? id : '')
  const microphones = listed(devices, 'audioinput')
  const speakers = 'setSinkId' in HTMLMediaElement.prototype ? listed(devices, 'audiooutput') : []
  return {
    state, microphones, speakers, microphone: there(microphones, microphone), speaker: there(speakers, speaker), on, off: end,
    mute: useCallback((m: boolean) => line.current?.mute(m), []), sound: useCallback(() => void line.current?.play(), []), useMicrophone, useSpeaker,
  }
}
