/** What TLS at the proxy costs: for a request on a kept connection, for a new connection, and for a resumed one. */
import type { SchemeName } from '../../../servers/scheme.ts'
import { CONTROL } from '../../figures/records.ts'
import type { Arm, Settings } from '../../record/types.ts'
import { among, arm, blocksOf, twinOf } from '../arms.ts'
import type { Experiment, PlanOptions } from '../experiment.ts'
import { profiles } from '../profiles.ts'

export type Reuse = NonNullable<Extract<Arm['load'], { loop: 'closed' }>['reuse']>

/** The scheme whose auth tax TLS is held against. */
export const SESSION_SCHEME: SchemeName = 'session-redis'
const BESIDE: readonly SchemeName[] = [SESSION_SCHEME, 'jwt-hs256']

interface Variant {
  /** Undefined: plain HTTP. */
  tls?: NonNullable<Settings['tls']>
  reuse: Reuse
  /** A variant of the same scheme. */
  comparedWith?: string
}

const PLAIN_KEPT = 'plain-kept'
const PLAIN_NEW = 'plain-new'

/** A resumed connection is a new one too, so both are held against the plain one. */
const variants: Readonly<Record<string, Variant>> = {
  [PLAIN_KEPT]: { reuse: 'kept' },
  'tls12-kept': { tls: '1.2', reuse: 'kept', comparedWith: PLAIN_KEPT },
  'tls13-kept': { tls: '1.3', reuse: 'kept', comparedWith: PLAIN_KEPT },
  [PLAIN_NEW]: { reuse: 'new', comparedWith: PLAIN_KEPT },
  'tls12-new': { tls: '1.2', reuse: 'new', comparedWith: PLAIN_NEW },
  'tls12-resumed': { tls: '1.2', reuse: 'resumed', comparedWith: PLAIN_NEW },
  'tls13-new': { tls: '1.3', reuse: 'new', comparedWith: PLAIN_NEW },
  'tls13-resumed': { tls: '1.3', reuse: 'resumed', comparedWith: PLAIN_NEW },
}

const names = Object.keys(variants)
const kept = names.filter((name) => variants[name]?.reuse === 'kept')

export const tls: Experiment = {
  name: 'tls',
  question:
    'What does TLS at the proxy cost a kept-alive request and a new connection, and what does the proxy refuse?',
  profiles: ['full'],
  plan(options) {
    if (!options.settable.includes('tls')) return { rounds: [], notes: [LEFT_OUT] }
    const { blocks } = profiles[options.profile].tls
    const beside = among(BESIDE, options)
    const [first] = beside
    const arms = [
      ...names.map((name) => armOf(CONTROL, name, options)),
      twinOf(armOf(CONTROL, PLAIN_KEPT, options)),
      ...beside.flatMap((scheme) => kept.map((name) => armOf(scheme, name, options))),
      // No scheme has a part in a handshake; with one of them that is looked at.
      ...(first ? [PLAIN_NEW, 'tls13-new'].map((name) => armOf(first, name, options)) : []),
    ]
    return { rounds: [{ arms, blocks: blocksOf(options, blocks) }], notes: [] }
  },
}

const LEFT_OUT = 'tls: left out, since the proxy of this fleet has a configuration that cannot be changed'

function armOf(scheme: SchemeName, variant: string, options: PlanOptions): Arm {
  const { tls, reuse, comparedWith: base } = variants[variant] as Variant
  const comparedWith = base && `tls/${scheme}/${base}`
  const own = { scheme, variant, comparedWith, settings: tls ? { tls } : {} }
  const whole = arm({ experiment: 'tls', replicas: 1, ...profiles[options.profile].tls, ...own }, options)
  return { ...whole, load: { ...(whole.load as Extract<Arm['load'], { loop: 'closed' }>), reuse } }
}
