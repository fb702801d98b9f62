/** What each tuning is worth: every arm differs in one setting from its scheme as it is, and is compared with that. */
import type { SchemeName } from '../../../servers/scheme.ts'
import { CONTROL } from '../../figures/records.ts'
import type { Arm, Settings } from '../../record/types.ts'
import { type ArmChoice, arm, asPopular, blocksOf, isSettable, withControl, withTwin } from '../arms.ts'
import type { Experiment, PlanOptions } from '../experiment.ts'
import { profiles } from '../profiles.ts'

interface Knob {
  /** Charts show it with spaces for hyphens. */
  variant: string
  schemes: readonly SchemeName[]
  /** One setting. */
  settings: Settings
}

const tunings: readonly Knob[] = [
  { variant: 'touch-off', schemes: ['session-redis'], settings: { touch: false } },
  { variant: 'auto-pipelining-on', schemes: ['session-redis'], settings: { autoPipelining: true } },
  { variant: 'auto-pipelining-off', schemes: ['session-redis-tuned'], settings: { autoPipelining: false } },
  { variant: 'unix-socket', schemes: ['session-redis'], settings: { redisTransport: 'unix' } },
  { variant: 'key-object', schemes: ['jwt-hs256', 'jwt-rs256'], settings: { keyForm: 'key-object' } },
  { variant: 'key-bytes', schemes: ['jwt-hs256'], settings: { keyForm: 'bytes' } },
  { variant: 'key-as-PEM', schemes: ['jwt-rs256'], settings: { keyForm: 'bytes' } },
  // WebCrypto verifies on libuv's threads.
  { variant: 'threads-1', schemes: ['jwt-rs256'], settings: { threadPool: 1 } },
  { variant: 'threads-2', schemes: ['jwt-rs256'], settings: { threadPool: 2 } },
  { variant: 'threads-8', schemes: ['jwt-rs256'], settings: { threadPool: 8 } },
  { variant: 'denylist-believed-1-s', schemes: ['jwt-denylist'], settings: { denylistCacheSec: 1 } },
  { variant: 'proxy-reuse-never', schemes: [CONTROL, 'session-redis'], settings: { proxyReuse: 'never' } },
  { variant: 'proxy-reuse-safe', schemes: [CONTROL], settings: { proxyReuse: 'safe' } },
]

/** One with nothing but HTTP, one that waits for Redis, one that computes. */
const ON_EACH_RUNTIME: readonly SchemeName[] = [CONTROL, 'session-redis', 'jwt-hs256']

/** The algorithm is a knob too, though each has a scheme of its own. */
const SIGNED_WITH: Readonly<Partial<Record<SchemeName, SchemeName>>> = {
  'jwt-rs256': 'jwt-hs256',
  'jwt-es256': 'jwt-hs256',
  'jwt-eddsa': 'jwt-hs256',
}

export const knobs: Experiment = {
  name: 'knobs',
  question: 'What is each tuning worth, one at a time?',
  profiles: ['full'],
  otherRuntimes: true,
  plan(options) {
    const { blocks, crowd, ...phases } = profiles[options.profile].knobs
    const base = { experiment: 'knobs', replicas: 1, popularity: asPopular(options), ...phases }
    const wanted = [...tunings, ...runtimeKnobs(options)]
    const turned = wanted.filter(({ settings }) => isSettable(settings, options))
    const schemes = options.schemes.filter(
      (scheme) =>
        scheme in SIGNED_WITH || scheme === CROWDED || turned.some((knob) => knob.schemes.includes(scheme)),
    )
    const asTheyAre = withControl(options, schemes).map((scheme) => {
      const other = SIGNED_WITH[scheme]
      const comparedWith = other && options.schemes.includes(other) ? idOf(other) : null
      return arm({ ...base, scheme, comparedWith }, options)
    })
    const tuned = turned.flatMap(({ schemes: its, ...knob }) =>
      schemes
        .filter((scheme) => its.includes(scheme))
        .map((scheme) => arm({ ...base, scheme, ...knob, comparedWith: idOf(scheme) }, options)),
    )
    const crowds = schemes.includes(CROWDED) ? crowdArms({ ...base, ...crowd }, options) : []
    const arms = [...withTwin(asTheyAre), ...tuned, ...crowds]
    return { rounds: [{ arms, blocks: blocksOf(options, blocks) }], notes: leftOut(wanted, options) }
  },
}

/** What its near cache answers depends on the load, which is a knob of the same kind. */
const CROWDED: SchemeName = 'session-redis-cached'

/** More users than it holds: with a tail, as they are, and all of them alike, which no cache can make use of. */
function crowdArms(base: Omit<ArmChoice, 'scheme'>, options: PlanOptions): Arm[] {
  const crowd = { ...base, scheme: CROWDED, variant: `users-${base.users}` }
  const tailed = arm({ ...crowd, comparedWith: idOf(CROWDED) }, options)
  const variant = `${crowd.variant}-all-alike`
  const popularity = { popularityExponent: 0 }
  return [tailed, arm({ ...crowd, variant, popularity, comparedWith: tailed.id }, options)]
}

const idOf = (scheme: SchemeName) => `knobs/${scheme}`

function runtimeKnobs({ runtimes }: PlanOptions): Knob[] {
  const majors = Object.keys(runtimes).filter((major) => runtimes[major] !== null)
  return majors.map((node) => ({ variant: `node-${node}`, schemes: ON_EACH_RUNTIME, settings: { node } }))
}

function leftOut(wanted: readonly Knob[], options: PlanOptions): string[] {
  const fixed = wanted.filter(({ settings }) => !isSettable(settings, options)).map(({ variant }) => variant)
  const missing = Object.keys(options.runtimes).filter((major) => options.runtimes[major] === null)
  return [
    ...(fixed.length > 0 ? [`knobs: ${fixed.join(', ')} left out, which this fleet cannot change`] : []),
    ...(missing.length > 0
      ? [`knobs: Node ${missing.join(', ')} left out: not here, and npm could not fetch it`]
      : []),
  ]
}
