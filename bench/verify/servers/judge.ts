/** Whether a server's answer is one that it may give. Pure. */
import type { Traits } from '../../../servers/scheme.ts'
import { type Attempt, cannot, type Kind, REFRESH } from './attempt.ts'
import type { Heard, Reply } from './replies.ts'

export interface Problem {
  expected: string
  came: string
}

/** A problem with what was sent. */
export interface About extends Problem {
  kind: Kind | 'stability'
  what: string
  /** Escaped and shortened; empty where it is about no single request. */
  sent: string
}

/** Ends the trial of a scheme. */
export class Found extends Error {
  readonly about: About

  constructor(about: About) {
    super(about.what)
    this.about = about
  }
}

/** Null for an answer as it should be. */
export function problemOf(attempt: Attempt, heard: Heard, traits: Traits): Problem | null {
  const { replies, isClosed } = heard
  const came = told(heard)
  const problem = (expected: string) => ({ expected, came })
  if (!isClosed) return problem('an answer or the end of the connection')
  if (replies.some((reply) => isFailure(reply, attempt, traits)))
    return problem('no failure of the server: nothing is broken')
  for (const reply of replies) {
    const who = letIn(reply)
    if (who === null) continue
    if (attempt.holders.length === 0) return problem('nobody is let in')
    if (who !== '' && !attempt.holders.includes(who))
      return problem(`let in as ${attempt.holders.join(' or ')}, or not at all`)
  }
  const [first] = replies
  if (attempt.expects === 'refused' && first && !isRefusal(first, attempt, traits))
    return problem('refused: 4xx, or the connection is closed')
  if (attempt.expects === 'admitted' && !(first && first.status >= 200 && first.status < 300))
    return problem('2xx')
  return null
}

const isRefusal = ({ status }: Reply, { bytes }: Attempt, traits: Traits) =>
  (status >= 400 && status < 500) || (status === 501 && isAbout(bytes, [REFRESH.path], traits))

/** 501 is none where a scheme cannot do what is asked. */
const isFailure = ({ status }: Reply, { bytes }: Attempt, traits: Traits) =>
  status < 100 || (status >= 500 && !(status === 501 && isAbout(bytes, cannot(traits), traits)))

const isAbout = (bytes: string, paths: readonly string[], traits: Traits) =>
  paths.some((path) => cannot(traits).includes(path) && bytes.includes(path))

/** The name that was answered, empty where a guarded route did its work without one; null where nobody was let in. */
function letIn({ status, body }: Reply): string | null {
  if (status === 204) return ''
  if (status !== 200) return null
  try {
    const read = JSON.parse(body) as Record<string, unknown>
    if ('username' in read) return String(read.username)
    return 'preferences' in read ? '' : null
  } catch {
    return null
  }
}

const SHOWN_CHARS = 200

function told({ replies, isClosed }: Heard): string {
  const each = replies.map(({ status, body }) => `${status} ${shown(body, SHOWN_CHARS)}`)
  return [...each, isClosed ? 'closed' : 'still open'].join(', ')
}

/** On one line, whatever is in it; the middle of a long text is left out. */
export function shown(text: string, mostChars: number): string {
  const half = Math.floor(mostChars / 2)
  const left = text.length - 2 * half
  const short = left > 0 ? `${text.slice(0, half)}…${left} more…${text.slice(-half)}` : text
  return [...short].map((each) => (isPlain(each) ? each : (ESCAPES[each] ?? hex(each)))).join('')
}

const ESCAPES: Readonly<Record<string, string>> = { '\r': '\\r', '\n': '\\n', '\t': '\\t', '\\': '\\\\' }
const isPlain = (each: string) => each === '…' || (each >= ' ' && each <= '~' && each !== '\\')
const hex = (each: string) => `\\x${each.charCodeAt(0).toString(16).padStart(2, '0')}`
