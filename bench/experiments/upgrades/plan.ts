/** What another version of a package or of Node does to the cost of a request, at the loads that services run at. */
import { CONTROL } from '../../figures/records.ts'
import type { Settings } from '../../record/types.ts'
import { groupedBy } from '../../stats/groups.ts'
import { blocksOf, twinOf } from '../arms.ts'
import type { Experiment, Upgrade } from '../experiment.ts'
import { profiles } from '../profiles.ts'
import { type TurnsChoice, turnsArms } from '../turns.ts'

const EXPERIMENT = 'upgrades'

export const upgrades: Experiment = {
  name: EXPERIMENT,
  question: 'Is another version of a package or of Node slower? (with --arm, and alone)',
  profiles: [],
  plan(options) {
    if (options.upgrades.length === 0) return { rounds: [], notes: [] }
    const turns = profiles[options.profile].cost
    const choices = [...groupedBy(options.upgrades, ({ scheme }) => scheme).values()].flatMap(besideFirst)
    const isThere = choices.some(({ scheme, variant }) => scheme === CONTROL && variant === null)
    const all = [...(isThere ? [] : [{ scheme: CONTROL, variant: null }]), ...choices]
    const { arms, notes } = turnsArms(EXPERIMENT, all, turns, options)
    const twins = arms.filter(({ scheme, variant }) => scheme === CONTROL && variant === null).map(twinOf)
    return { rounds: [{ arms: [...arms, ...twins], blocks: blocksOf(options, turns.blocks) }], notes }
  },
}

/** All of one scheme, the others compared with the first; one that is alone with the scheme as it is. */
function besideFirst(own: readonly Upgrade[]): TurnsChoice[] {
  const [one] = own
  if (!one) return []
  const all = own.length > 1 ? own : [...asItIs(one), one]
  const [first, ...others] = all.map(({ scheme, settings }) => ({
    scheme,
    variant: variantOf(settings),
    settings,
  }))
  if (!first) return []
  const comparedWith = [EXPERIMENT, first.scheme, first.variant].filter(Boolean).join('/')
  return [first, ...others.map((other) => ({ ...other, comparedWith }))]
}

const asItIs = ({ scheme, settings }: Upgrade): Upgrade[] =>
  variantOf(settings) === null ? [] : [{ scheme, settings: {} }]

/** `connect-redis=8.0.0,node=22`, `commit=0a1b2c3`; null for nothing. */
function variantOf({ packages = {}, node, commit }: Settings): string | null {
  const changes = Object.entries(packages).map(([name, version]) => `${name}=${version}`)
  const others = [node && `node=${node}`, commit && `commit=${commit.slice(0, 7)}`].filter(Boolean)
  return [...changes.sort(), ...others].join(',') || null
}
