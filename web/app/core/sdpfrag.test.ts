import { expect, it } from 'vitest'
import { fragment, renewed } from './sdpfrag'

const sdp = (ufrag: string, candidate: string) =>
  `v=0\r\no=- 1 2 IN IP4 0.0.0.0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=ice-ufrag:${ufrag}\r\na=ice-pwd:pw${ufrag}\r\na=candidate:${candidate}\r\na=sendrecv\r\n`

it('makes a fragment of an offer', () => {
  const f = fragment(sdp('new', '1 1 udp 1 10.0.0.1 1 typ host'))
  expect(f).toContain('a=ice-ufrag:new\r\na=ice-pwd:pwnew\r\nm=audio 9')
  expect(f).toContain('a=mid:0\r\na=candidate:1 1 udp')
})

it('renews an answer', () => {
  const r = renewed(sdp('old', 'OLD'), 'a=ice-ufrag:fresh\r\na=ice-pwd:pwfresh\r\nm=audio 9 X 0\r\na=mid:0\r\na=candidate:NEW\r\n')
  expect(r).toContain('a=ice-ufrag:fresh')
  expect(r).toContain('a=ice-pwd:pwfresh')
  expect(r).toContain('a=candidate:NEW')
  expect(r).not.toContain('OLD')
})
