/** What it costs that a scheme remembers much of each user, and how much it takes before it refuses. */
import type { SchemeName } from '../../../servers/scheme.ts'
import { CONTROL } from '../../figures/records.ts'
import type { Arm } from '../../record/types.ts'
import { among, arm, blocksOf, twinOf } from '../arms.ts'
import type { Experiment, PlanOptions } from '../experiment.ts'
import { profiles } from '../profiles.ts'

/** They differ in where the state lives, in what carries it, and in how often it is fetched. */
const SCHEMES: readonly SchemeName[] = [
  'session-memory',
  'session-redis',
  'session-redis-tuned',
  'jwt-hs256',
  'jwt-cookie',
  'jwt-denylist',
]

/** As much as a server of this suite will remember. */
const MOST_BYTES = 65_536

export const payload: Experiment = {
  name: 'payload',
  question: 'What does remembered state cost by its size, and at which size does a scheme refuse it?',
  profiles: ['full'],
  plan(options) {
    if (!options.settable.includes('stateBytes')) return { rounds: [], notes: [LEFT_OUT] }
    const { blocks, sizesBytes } = profiles[options.profile].payload
    const [smallest = 0] = sizesBytes
    const schemes = among(SCHEMES, options)
    const sizes = [CONTROL, ...schemes].flatMap((scheme) =>
      sizesBytes.map((bytes) => armOf(scheme, bytes, options)),
    )
    const twin = twinOf(armOf(CONTROL, smallest, options))
    return {
      rounds: [
        // First, and once: what is known to be refused then is not measured.
        { arms: schemes.map((scheme) => limitArm(scheme, options)), blocks: 1 },
        { arms: [...sizes, twin], blocks: blocksOf(options, blocks) },
      ],
      notes: [],
    }
  },
}

const LEFT_OUT = 'payload: left out, since this fleet cannot change what its servers remember of a user'

function armOf(scheme: SchemeName, bytes: number, options: PlanOptions): Arm {
  const [smallest = 0] = profiles[options.profile].payload.sizesBytes
  const comparedWith = bytes === smallest ? undefined : `payload/${scheme}/${smallest}b`
  const own = { scheme, variant: `${bytes}b`, settings: { stateBytes: bytes }, comparedWith }
  return arm({ ...base(options), ...own }, options)
}

/** It measures at the largest state that it finds to be answered. */
function limitArm(scheme: SchemeName, options: PlanOptions): Arm {
  const { withinBytes } = profiles[options.profile].payload
  const largestState = { upToBytes: MOST_BYTES, withinBytes }
  return { ...arm({ ...base(options), scheme, variant: 'largest' }, options), largestState }
}

const base = ({ profile }: PlanOptions) => ({
  experiment: 'payload',
  replicas: 1,
  ...profiles[profile].payload,
})
