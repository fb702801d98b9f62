/** Servers with faults that were planted on purpose: each is found, by what it does; the same server without it is not. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type SchemeName, schemeNames } from '../../../servers/scheme.ts'
import { sum } from '../../stats/sums.ts'
import { compiled, type Planted } from '../../testing/compiled.ts'
import { quickStarting } from '../../testing/programs.ts'
import { type Bed, openBed } from './bed.ts'
import { trySchemes } from './run.ts'
import type { Finding, Outcome } from './trial.ts'

interface Fault extends Planted {
  what: string
  scheme: SchemeName
  /** What has to be seen of it: another finding would be by chance. */
  shows: (finding: Finding) => boolean
}

const isLetIn = ({ expected, came }: Finding) =>
  /refused|nobody|let in/.test(expected) && /^(200|204|501)/.test(came)

/** Those that take longest to be seen come first. */
const FAULTS: readonly Fault[] = [
  {
    what: "each refused credential is kept, with its request's headers",
    scheme: 'jwt-es256',
    file: 'servers/app.ts',
    snippet: "res.status(401).json({ error: 'unauthorized' })",
    instead:
      ";((globalThis as any).refused ??= []).push(Array.from({ length: 12 }, () => structuredClone(req.headers))); res.status(401).json({ error: 'unauthorized' })",
    shows: ({ kind, expected }) => kind === 'stability' && /bytes/.test(expected),
  },
  {
    what: 'a timer that each refused request leaves behind',
    scheme: 'jwt-eddsa',
    file: 'servers/app.ts',
    snippet: "res.status(401).json({ error: 'unauthorized' })",
    instead: "setTimeout(() => {}, 3_600_000); res.status(401).json({ error: 'unauthorized' })",
    shows: ({ kind, expected }) => kind === 'stability' && /timers/.test(expected),
  },
  {
    what: 'a guard that does not tell the case of letters',
    scheme: 'session-redis-hashed',
    file: 'servers/wire/split-secret.ts',
    snippet: '.update(secret)',
    instead: '.update(secret.toLowerCase())',
    shows: (finding) => finding.kind === 'counterfeits' && isLetIn(finding),
  },
  {
    what: 'a guard that takes off what stands around a credential',
    scheme: 'jwt-hs256',
    file: 'servers/wire/credentials.ts',
    snippet: 'const BEARER = /^Bearer ([\\w.-]+)$/i',
    instead: 'const BEARER = /^Bearer [=.,;\'"]*([\\w.-]+?)[=.,;\'"]*$/i',
    shows: (finding) => isLetIn(finding),
  },
  {
    what: 'an exp that is not checked',
    scheme: 'paseto-v4-public',
    file: 'servers/tokens/claims.ts',
    snippet: 'claims.exp > now - CLOCK_TOLERANCE_SEC &&',
    instead: '',
    shows: (finding) => ['forged', 'ended'].includes(finding.kind) && isLetIn(finding),
  },
  {
    what: 'an error of the verifier that is swallowed',
    scheme: 'jwt-hs256-fast',
    file: 'servers/schemes/jwt-hs256-fast.ts',
    snippet: 'const payload = orRefused(() => check(token))',
    instead:
      "let payload: any; try { payload = check(token) } catch { try { payload = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) } catch {} }",
    shows: (finding) => isLetIn(finding),
  },
  {
    what: 'the first of two cookies wins',
    scheme: 'jwt-cookie',
    file: 'servers/wire/credentials.ts',
    snippet: 'return another === undefined ? found : undefined',
    instead: 'return found',
    shows: (finding) => finding.kind === 'two at once' && isLetIn(finding),
  },
  {
    what: 'a sub of any type',
    scheme: 'jwt-rs256',
    file: 'servers/tokens/claims.ts',
    snippet: "typeof sub === 'string' &&",
    instead: '',
    shows: (finding) => /^sub /.test(finding.what) && isLetIn(finding),
  },
  {
    what: 'a malformed body that is answered 500',
    scheme: 'none',
    file: 'servers/app.ts',
    snippet: 'error.status >= 400 && error.status < 500',
    instead: 'false',
    shows: ({ expected, came }) => /no failure/.test(expected) && /^500/.test(came),
  },
  {
    what: 'a logout that ends nothing',
    scheme: 'session-redis-cached',
    file: 'servers/sessions/opaque-sessions.ts',
    snippet: 'await bounded(redis, redis.del(keyOf(id)))',
    instead: '',
    shows: (finding) => finding.what === 'after /logout' && isLetIn(finding),
  },
  {
    what: 'an Origin of our host and another scheme',
    scheme: 'session-redis',
    file: 'servers/wire/browsers.ts',
    snippet: 'origin === ownOrigin(req, config)',
    instead: "origin.replace('http:', 'https:') === ownOrigin(req, config)",
    shows: (finding) => finding.kind === 'origins' && isLetIn(finding),
  },
]

const SEED = 7
const MOST_SEC = 60

let bed: Bed
before(async () => {
  bed = await openBed(() => {})
})
after(() => bed.close())

const countOf = ({ tried }: Outcome) => sum(Object.values(tried))

/** Each waits some seconds for logins to end, so that several do at once. */
describe('planted faults', { concurrency: 6 }, () => {
  const found: Promise<Finding>[] = []

  for (const { what, scheme, shows, ...planted } of FAULTS)
    test(`${what}: found in ${scheme}`, async (t) => {
      const run = async (seconds: number, script?: string) => {
        const options = { seconds, seed: SEED, signal: t.signal, ...(script ? { script } : {}) }
        const [outcome] = await trySchemes(bed, [scheme], options)
        return outcome ?? assert.fail()
      }
      const finding = (async () => {
        const [, script = ''] = await compiled(new URL('../../../servers/main.ts', import.meta.url), planted)
        const began = performance.now()
        const outcome = await run(MOST_SEC, script)
        const tookSec = (performance.now() - began) / 1_000
        const told = `${countOf(outcome)} requests, ${tookSec.toFixed(1)} s with the start`
        t.diagnostic(`${told}: ${JSON.stringify(outcome.finding)}`)
        assert.ok(outcome.finding && shows(outcome.finding), JSON.stringify(outcome.finding))
        // A leak takes its time, so that a healthy server is given as much of it.
        if (outcome.finding.kind === 'stability') assert.equal((await run(tookSec - 5)).finding, null)
        return outcome.finding
      })()
      found.push(finding)
      await finding
    })

  test('none is found in any scheme where none was planted, with the same seed and in as many batches', async (t) => {
    const findings = (await Promise.all(found)).filter(({ kind }) => kind !== 'stability')
    const leastBatches = 1 + Math.max(...findings.map(({ batch }) => batch))
    // The same program, which starts in half the time.
    const [, script = ''] = await quickStarting(new URL('../../../servers/main.ts', import.meta.url))
    const options = { seconds: 0, leastBatches, seed: SEED, signal: t.signal, script }
    for (const { finding } of await trySchemes(bed, schemeNames, options)) assert.equal(finding, null)
  })
})
