/** The claim that nothing should be found by its secret: what the time of a lookup tells, and what hashing costs. */
import type { MeasuredSummary } from '../experiments/reports.ts'
import { entryOf } from '../figures/records.ts'
import type { Estimate } from '../record/types.ts'
import { code, inUnit, list, styles } from '../words/format.ts'
import { type Claim, comment, type Entry, type Facts, type Finding } from './claim.ts'
import { undecided } from './facts.ts'
import { measured } from './wording.ts'

type Timing = NonNullable<MeasuredSummary['timing']>
type Way = Timing['ways'][number]

const NANOSECONDS = inUnit('ns', styles.whole)
/** The same store, found by a public id and by the secret itself. */
const [HASHED, RAW] = ['session-redis-hashed', 'session-redis-tuned'] as const
const PLACES = { direct: 'at Redis', http: 'over HTTP' } as const

export const indexBySecret: Claim = {
  id: 'index-by-secret',
  quote: 'Never index by secret values!',
  source: comment('Nathilia Pierce'),
  reading: null,
  metric: 'cost of the hashed lookup; timing classes',
  supportedIf: '— cost reported; "no leak seen above X ns" or the leak',
  refutedIf: '—',
  thresholds: {},
  decidedBy: 'npm run bench -- --only cost,timing',
  judge(facts) {
    const { timing } = facts.summary
    if (timing === null) return undecided('this run has nothing from the experiment `timing`')
    const found = judgement(timing)
    const taxes = [HASHED, RAW].flatMap((name) => {
      const tax = entryOf(facts.summary.arms, 'cost', name)?.authTaxUs
      return tax ? [{ name, estimate: tax.estimate }] : []
    })
    return {
      ...found,
      sentence: `${found.sentence}; ${costText(facts, timing, taxes)}`,
      estimates: [
        ...timing.ways.filter(isPlain).flatMap(entriesOf),
        { label: 'hashing and comparing a secret', estimate: timing.hashNs },
        ...taxes.map(({ name, estimate }) => ({ label: `auth tax, ${name}`, estimate })),
      ],
      evidence: timing.trials,
    }
  },
}

/** A leak is a reason not to do it. Without one it is a matter of what else is feared, and never called safe. */
function judgement({ ways }: Timing): Pick<Finding, 'verdict' | 'boundary' | 'sentence'> {
  const plain = ways.filter(isPlain)
  const leaks = plain.filter(isLeak)
  const blind = plain.filter((one) => !isTrusted(ways, one.way))
  const places = (some: readonly Way[]) => list(some.map(({ way }) => PLACES[way]))
  if (leaks.some((one) => !blind.includes(one)))
    return {
      verdict: 'supported',
      boundary: null,
      sentence: `${places(leaks)} the time of a lookup tells how much of a guess was right`,
    }
  const bounds = plain.map(({ way, boundNs }) => `above ${styles.whole.value(boundNs)} ns ${PLACES[way]}`)
  if (blind.some(({ way }) => way === 'direct'))
    return {
      verdict: 'inconclusive',
      boundary: null,
      sentence:
        `${places(blind)} the deliberate leak was not seen, or two equal classes differed, so this run is blind to ` +
        'others',
    }
  const seen = plain.filter((one) => !blind.includes(one)).map((one) => bounds[plain.indexOf(one)] ?? '')
  return {
    verdict: 'depends',
    boundary:
      'the threat: time gave nothing away here, which does not prove that it cannot; a reader of the store gets ' +
      'every secret that is a key in it, and no secret that was hashed first',
    sentence: `no leak was seen ${list(seen)}${blind.length > 0 ? ` (${places(blind)} a deliberate one was not seen either)` : ''}`,
  }
}

const isPlain = ({ lookup }: Way) => lookup === 'plain'
const isLeak = ({ differences }: Way) => differences.some(({ detected, twin }) => detected && !twin)
const twinDiffers = ({ differences }: Way) => differences.some(({ detected, twin }) => detected && twin)

/** The deliberate leak shows in the class that it is largest in, and equal classes do not differ. */
function isTrusted(ways: readonly Way[], way: Way['way']): boolean {
  const own = ways.filter((one) => one.way === way)
  const leaky = own.find(({ lookup }) => lookup === 'leaky')?.differences.filter(({ twin }) => !twin) ?? []
  const largest = leaky.toSorted((a, b) => b.shared - a.shared)[0]
  return largest?.detected === true && largest.byNs.value > 0 && !own.some(twinDiffers)
}

function entriesOf({ way, differences }: Way): Entry[] {
  return differences.map(({ shared, twin, byNs }) => ({
    label: `${PLACES[way]}, longer with ${twin ? 'none again' : shared} of 32 characters right`,
    estimate: byNs,
  }))
}

/** The hash by itself, and beside what else differs between the two schemes. */
function costText(facts: Facts, { hashNs }: Timing, taxes: { name: string; estimate: Estimate }[]): string {
  const own = `hashing the secret and comparing it in constant time takes ${NANOSECONDS.value(hashNs.value, hashNs.value)} of CPU`
  if (taxes.length < 2) return own
  const texts = taxes.map(
    ({ name, estimate }) => `${measured(estimate, facts, 'cost', inUnit('µs'))} with ${code(name)}`,
  )
  return `${own}, and the auth tax is ${list(texts)}`
}
