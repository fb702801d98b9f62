/** What one request costs under each scheme, against the control, at the loads that services run at. */
import type { SchemeName } from '../../../servers/scheme.ts'
import { CONTROL } from '../../figures/records.ts'
import { blocksOf, withControl, withTwin } from '../arms.ts'
import type { Experiment, PlanOptions, Round } from '../experiment.ts'
import type { Turns } from '../profile.ts'
import { profiles } from '../profiles.ts'
import { THE_TWO } from '../roles.ts'
import { turnsArms } from '../turns.ts'

export const cost: Experiment = {
  name: 'cost',
  question: 'What does each scheme add to the cost of a request, on one replica, at each load?',
  plan(options) {
    const { answersFirst, cost: turns } = profiles[options.profile]
    const schemes = withControl(options)
    const all = roundOf(schemes, turns, options)
    const two = schemes.filter((name) => name === CONTROL || THE_TWO.some((one) => one === name))
    // Whoever chose the load, the schemes or the number of blocks has asked for another answer.
    const isAsked = [options.rates, options.handlerUs, options.trials].some((chosen) => chosen !== undefined)
    const isAll = two.length <= THE_TWO.length || two.length === schemes.length
    if (!answersFirst || isAsked || isAll || options.precise) return { rounds: [all.round], notes: all.notes }
    const first = roundOf(two, answersFirst, options)
    return { rounds: [first.round, { ...all.round, after: answersFirst.blocks }], notes: all.notes }
  },
}

function roundOf(schemes: readonly SchemeName[], turns: Turns, options: PlanOptions) {
  const choices = schemes.map((scheme) => ({ scheme }))
  const { arms, notes } = turnsArms('cost', choices, turns, options)
  const round: Round = { arms: withTwin(arms), blocks: blocksOf(options, turns.blocks) }
  return { round, notes }
}
