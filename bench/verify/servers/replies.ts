/** Reads what a server answered on one connection: any number of replies, or what is none. Pure. */
export interface Reply {
  status: number
  /** Its lines, as they are. */
  head: string
  body: string
}

export interface Heard {
  replies: Reply[]
  /** Closed by the server, in time or after this side had said that nothing more comes. */
  isClosed: boolean
}

const HEAD = /^HTTP\/1\.1 (\d{3})[^\r\n]*\r\n((?:[^\r\n]+\r\n)*)\r\n/

/** Status 0 for what cannot be read as a reply. */
export function repliesIn(text: string): Reply[] {
  const replies: Reply[] = []
  let rest = text
  while (rest !== '') {
    const [whole, status, head = ''] = HEAD.exec(rest) ?? []
    if (whole === undefined) return [...replies, { status: 0, head: '', body: rest }]
    const after = rest.slice(whole.length)
    // The reply to HEAD says how long a body would be.
    const body = after.startsWith('HTTP/1.1 ') ? '' : after.slice(0, lengthOf(head, after))
    // 100 is the promise of a reply.
    if (status !== '100')
      replies.push({ status: Number(status), head, body: Buffer.from(body, 'latin1').toString() })
    rest = after.slice(body.length)
  }
  return replies
}

/** Node itself answers in chunks where a request has no Host; that body is empty. */
function lengthOf(head: string, after: string): number {
  if (/^transfer-encoding: *chunked\r$/im.test(head)) return after.indexOf(LAST_CHUNK) + LAST_CHUNK.length
  return Number(/^content-length: *(\d+)\r$/im.exec(head)?.[1] ?? 0)
}

const LAST_CHUNK = '0\r\n\r\n'
