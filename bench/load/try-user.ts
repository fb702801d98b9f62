/** One user logs in and reads, as a client would: whether all of that is answered, and if not, with what. */
import type { Traits } from '../../servers/scheme.ts'
import { postLogin } from './login.ts'
import { agentFor, type Exchanged, exchange } from './wire/exchange.ts'
import { credentialIn } from './wire/issued.ts'
import { readQuestion } from './wire/requests.ts'

const BODY_CHARS = 120

/**
 * @returns null when both were answered 200, else which of them was answered what
 * @throws Error when one got no answer at all, one that tells of a fault, or the second time another one
 */
export async function refusalOf(
  url: string,
  transport: Traits['transport'],
  user: number,
): Promise<string | null> {
  const first = await tryOnce(url, transport, user)
  if (first === null) return null
  const second = await tryOnce(url, transport, user)
  if (second !== first) throw new Error(`user${user}: ${first}; once more: ${second ?? 'all was well'}`)
  return first
}

async function tryOnce(url: string, transport: Traits['transport'], user: number): Promise<string | null> {
  const agent = agentFor(url)
  try {
    const login = await postLogin(agent, { url, transport }, user)
    if (login.status !== 200) return answered('POST /login', login)
    const credential = credentialIn(login, transport, user)
    if (credential === null) return 'POST /login answered 200 without a credential'
    const read = await exchange(agent, url, readQuestion(transport, credential))
    return read.status === 200 ? null : answered('GET /me', read)
  } finally {
    agent.destroy()
  }
}

/** What a proxy answers for servers that it cannot reach, and servers for a Redis that they cannot. */
const FAULTS = [502, 503, 504]

/** Only refusals are shown, which hold no credential. */
function answered(what: string, { status, body }: Exchanged): string {
  // The proxy answers in HTML.
  const words = body
    .replace(/<[^>]*>|\s+/g, ' ')
    .replace(/ +/g, ' ')
    .trim()
  const text = words.slice(0, BODY_CHARS)
  const answer = `${what} answered ${status}${text === '' ? '' : `: ${text}`}`
  if (FAULTS.includes(status)) throw new Error(answer)
  return answer
}
