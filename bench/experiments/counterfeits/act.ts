/** Sends credentials that nobody issued, and counts what is let in. */
import { askFleet, type Surroundings } from '../../fleet/ask-fleet.ts'
import type { FleetSpec } from '../../fleet/fleet.ts'
import { counterfeits, partsOf } from '../../load/counterfeits.ts'
import { inLanes } from '../../load/lanes.ts'
import { readQuestion } from '../../load/wire/requests.ts'
import { ask, keptConnections } from '../../observe/ask.ts'
import { openClient } from '../../observe/client.ts'
import type { Examine, Examined } from '../../record/types.ts'
import { seededDraw, seedOf } from '../../stats/seeded.ts'

type Seen = Extract<Examined, { kind: 'counterfeits' }>

const LIMIT_MS = 120_000
const ANSWER_LIMIT_MS = 5_000
const AT_ONCE = 8
const EXAMPLES = 5

export async function examineCounterfeits(
  { tries }: Extract<Examine, { kind: 'counterfeits' }>,
  spec: FleetSpec,
  surroundings: Surroundings,
): Promise<Seen> {
  const { transport } = spec.traits
  return await askFleet(surroundings, spec, LIMIT_MS, async ({ url }) => {
    const client = openClient(spec.traits, ANSWER_LIMIT_MS)
    const agent = keptConnections()
    try {
      const at = { id: 'proxy', url }
      const [own, other] = [await client.login(0, at), await client.login(1, at)].map(({ login }) => login)
      if (!own?.credential || !other?.credential) throw new Error('a login was refused')
      const { before, secret, after } = partsOf(own.credential)
      const draw = seededDraw(seedOf(spec.scheme))
      const made = counterfeits(secret, partsOf(other.credential).secret, tries, draw)
      const counts = { tried: 0, accepted: 0, failed: 0, unanswered: 0 }
      const seen: Seen = { kind: 'counterfeits', ...counts, examples: [] }
      await inLanes(AT_ONCE, made, async (one) => {
        const question = readQuestion(transport, before + one.secret + after)
        const answer = await ask(agent, url, question, ANSWER_LIMIT_MS)
        note(seen, one.way, answer.end === 'answered' ? answer.status : null)
      })
      // Without this, all may have been refused for a reason of its own.
      if ((await client.use(own, at)).status !== 200)
        throw new Error('the true credential is refused as well')
      return seen
    } finally {
      agent.destroy()
      client.close()
    }
  })
}

function note(seen: Seen, way: string, status: number | null): void {
  seen.tried += 1
  const [accepted, failed] = [status !== null && status < 400, status !== null && status >= 500]
  seen.accepted += Number(accepted)
  seen.failed += Number(failed)
  seen.unanswered += Number(status === null)
  if ((accepted || failed) && seen.examples.length < EXAMPLES) seen.examples.push(`${way}: ${status}`)
}
