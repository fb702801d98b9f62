/** One scheme under trial: its two servers, what was tried, and the first thing that was found. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { SchemeName } from '../../../servers/scheme.ts'
import { inLanes } from '../../load/lanes.ts'
import { ask, keptConnections } from '../../observe/ask.ts'
import { seededDraw, seedOf } from '../../stats/seeded.ts'
import { traits } from '../../traits.ts'
import { type Attempt, type Kind, kinds } from './attempt.ts'
import { type DrawOf, type Subject, tryBatch } from './batch.ts'
import { type Bed, BRIEF_SEC, type Pair } from './bed.ts'
import { ANSWER_LIMIT_MS, exchangeBytes } from './exchange.ts'
import { type About, Found, problemOf, shown } from './judge.ts'
import { logIn, type Try } from './logins.ts'
import type { Reply } from './replies.ts'
import { type Held, heldBy, readStable } from './stability.ts'

export interface Finding extends About {
  scheme: SchemeName
  batch: number
}

/** What came of one scheme. */
export interface Outcome {
  scheme: SchemeName
  tried: Record<Kind, number>
  finding: Finding | null
  /** After the warm-up and at the last look; null where it was not tried for long enough. */
  held: { start: Held; end: Held } | null
}

const AT_ONCE = 8
/** Batches before memory and handles are read for the first time. */
const WARMUP_BATCHES = 6
/** Lifetimes are counted in whole seconds, and one more is tolerated between clocks. */
const EXPIRED_MS = 1_000 * (BRIEF_SEC + 2) + 500
/** Raw requests may lack their end, whether that was meant or came of their changes; all others are complete. */
const RAW_QUIET_MS = 150
const UNFINISHED_QUIET_MS = 30
/** At once, on two cores that others use too. */
const PUBLIC_LIMIT_MS = 3_000
const SHOWN_CHARS = 900

export class Trial {
  readonly outcome: Outcome
  readonly #pair: Pair
  readonly #bed: Bed
  readonly #seed: number
  readonly #agent = keptConnections()
  #subject: Subject | undefined
  #batch = 0
  #died: string | null = null

  constructor(scheme: SchemeName, bed: Bed, pair: Pair, seed: number) {
    const tried = Object.fromEntries(kinds.map((kind) => [kind, 0])) as Record<Kind, number>
    this.outcome = { scheme, tried, finding: null, held: null }
    this.#pair = pair
    this.#bed = bed
    this.#seed = seed
    for (const { ended } of [pair.server, pair.brief])
      ended.then((reason) => {
        this.#died = reason
      })
  }

  /** How many were tried to their end. */
  get batches(): number {
    return this.#batch
  }

  /** Logs in those who stay, and waits until some logins have ended by themselves. */
  async begin(): Promise<void> {
    await this.#noting(async () => {
      const own = traits[this.outcome.scheme]
      const brief: Try = (attempt) => this.#try({ ...attempt, toBrief: true })
      const [first, second, ...expired] = [
        ...[await logIn(this.#try, own, 1), await logIn(this.#try, own, 2)],
        ...[await logIn(brief, own, 1), await logIn(brief, own, 2), await logIn(brief, own, 3)],
      ]
      if (!first || !second) throw new Error('nobody is logged in')
      await sleep(EXPIRED_MS)
      this.#subject = { traits: own, ring: this.#bed.ring, own: first, other: second, expired }
    })
  }

  /** Whole batches, at least one; what it sends depends on the seed and the scheme alone. */
  async turn(ms: number, signal: AbortSignal): Promise<void> {
    await this.#noting(async () => {
      const until = performance.now() + ms
      do {
        signal.throwIfAborted()
        await this.#tryBatch()
      } while (performance.now() < until)
      if (this.#batch >= WARMUP_BATCHES) await this.#checkHeld()
    })
  }

  end(): void {
    this.#agent.destroy()
  }

  async #tryBatch(): Promise<void> {
    const { scheme } = this.outcome
    const drawOf: DrawOf = (name) => seededDraw(seedOf(`${scheme} ${this.#batch} ${name}`, this.#seed))
    const atOnce = (all: readonly Attempt[]) => inLanes(AT_ONCE, all, this.#try)
    await tryBatch(this.#subject as Subject, drawOf, this.#batch, this.#try, atOnce)
    this.#batch += 1
    const { pid } = JSON.parse((await this.#get('/healthz')).body) as { pid: number }
    if (pid !== this.#pair.server.pid)
      throw new Found({ ...NO_REQUEST, expected: `process ${this.#pair.server.pid}`, came: `process ${pid}` })
  }

  async #checkHeld(): Promise<void> {
    const { url } = this.#pair.server
    const start = this.outcome.held?.start ?? (await heldBy(url))
    const { held, leak } = await readStable(start, url)
    if (leak) throw new Found({ ...NO_REQUEST, ...leak })
    this.outcome.held = { start, end: held }
  }

  /** @throws Found */
  readonly #try = async (attempt: Attempt): Promise<Reply | undefined> => {
    const { scheme, tried } = this.outcome
    const { server, brief } = this.#pair
    const quietMs =
      attempt.kind !== 'raw HTTP' ? ANSWER_LIMIT_MS : attempt.unfinished ? UNFINISHED_QUIET_MS : RAW_QUIET_MS
    const heard = await exchangeBytes((attempt.toBrief ? brief : server).port, attempt.bytes, quietMs)
    tried[attempt.kind] += 1
    const sent = shown(attempt.bytes, SHOWN_CHARS)
    const about = { kind: attempt.kind, what: attempt.what, sent }
    if (this.#died !== null) throw new Found({ ...about, expected: 'the process lives', came: this.#died })
    const problem = problemOf(attempt, heard, traits[scheme])
    if (problem) throw new Found({ ...about, ...problem })
    if (attempt.kind === 'raw HTTP') {
      const { status } = await this.#get('/public', PUBLIC_LIMIT_MS)
      if (status !== 200)
        throw new Found({ ...about, expected: '/public is answered at once afterwards', came: `${status}` })
    }
    return heard.replies[0]
  }

  async #get(path: string, limitMs = ANSWER_LIMIT_MS): Promise<{ status: number | string; body: string }> {
    const answer = await ask(this.#agent, this.#pair.server.url, { method: 'GET', path }, limitMs)
    return answer.end === 'answered' ? answer : { status: answer.end, body: '{}' }
  }

  async #noting(work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      if (!(error instanceof Found)) throw error
      this.outcome.finding = { scheme: this.outcome.scheme, batch: this.#batch, ...error.about }
    }
  }
}

const NO_REQUEST = { kind: 'stability', what: 'what stays of all requests', sent: '' } as const
