// ICE restart over PATCH (RFC 8840, RFC 9725): fragments made of an offer, and
// an answer's description with another side's new credentials.

const first = (sdp: string, name: string) => sdp.match(new RegExp(`^a=${name}:(.*)$`, 'm'))?.[1]?.trim() ?? ''

// fragment is what the server needs to know of a new offer.
export function fragment(offer: string): string {
  const media = offer.split(/\r?\n/).find((l) => l.startsWith('m=')) ?? 'm=audio 9 UDP/TLS/RTP/SAVPF 0'
  const candidates = offer.split(/\r?\n/).filter((l) => l.startsWith('a=candidate:'))
  return [
    `a=ice-ufrag:${first(offer, 'ice-ufrag')}`,
    `a=ice-pwd:${first(offer, 'ice-pwd')}`,
    media,
    `a=mid:${first(offer, 'mid') || '0'}`,
    ...candidates,
    'a=end-of-candidates',
    '',
  ].join('\r\n')
}

// renewed is the old answer with the credentials and candidates of a fragment.
export function renewed(answer: string, frag: string): string {
  const candidates = frag.split(/\r?\n/).filter((l) => l.startsWith('a=candidate:'))
  const out: string[] = []
  for (const l of answer.trimEnd().split(/\r?\n/)) {
    if (l.startsWith('a=ice-ufrag:')) out.push(`a=ice-ufrag:${first(frag, 'ice-ufrag')}`)
    else if (l.startsWith('a=ice-pwd:')) out.push(`a=ice-pwd:${first(frag, 'ice-pwd')}`)
    else if (l.startsWith('a=candidate:') && candidates.length > 0) continue
    else if (l.startsWith('a=end-of-candidates')) continue
    else out.push(l)
  }
  return [...out, ...candidates, 'a=end-of-candidates', ''].join('\r\n')
}
