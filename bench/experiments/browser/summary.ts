/** What the trials in a real browser showed, scheme by scheme: a thing counts as possible if one trial showed it. */
import { examined, type Seen, seenByArm } from '../../figures/seen.ts'
import type { BrowserSeen, Run, TrialResult } from '../../record/types.ts'
import { groupedBy } from '../../stats/groups.ts'
import type { Summary } from './schema.ts'

type Scheme = NonNullable<Summary['browser']>['schemes'][number]
type Forgery = BrowserSeen['forgeries'][number]
type Outcome = Scheme['forgeries'][number]['outcome']

/** Null without any such trial. Those count as well whose window a gate rejected: no browser looked at that. */
export function browserSummary(run: Run, results: readonly TrialResult[]): Summary['browser'] {
  const looked = seenByArm(run, results, examined('browser'))
  if (looked.length === 0) return null
  const versions = looked.flatMap(({ seen }) => seen.map(({ version }) => version))
  return { versions: [...new Set(versions)], schemes: looked.map(schemeOf) }
}

function schemeOf({ arm: { scheme }, trials, seen }: Seen<BrowserSeen>): Scheme {
  return {
    scheme,
    trials,
    readable: [...new Set(seen.flatMap(({ readable }) => readable))],
    thefts: theftsOf(seen),
    forgeries: forgeriesOf(seen),
  }
}

function theftsOf(trials: readonly BrowserSeen[]): Scheme['thefts'] {
  const all = trials.flatMap(({ thefts }) => thefts)
  return [...groupedBy(all, ({ keptIn }) => keptIn)].map(([keptIn, same]) => {
    return { keptIn, readable: same.some((one) => one.readable), usable: same.some((one) => one.usable) }
  })
}

/** Every trial of a scheme tries the same ones. */
function forgeriesOf(trials: readonly BrowserSeen[]): Scheme['forgeries'] {
  const all = trials.flatMap(({ forgeries }) => forgeries)
  const nameOf = ({ request, from, sameSite, check }: Forgery) => [request, from, sameSite, check].join()
  return (trials[0]?.forgeries ?? []).map((first) => {
    const { arrived: _, changed: __, ...tried } = first
    const outcomes = all.filter((one) => nameOf(one) === nameOf(first)).map(outcomeOf)
    const furthest = FURTHEST.find((outcome) => outcomes.includes(outcome)) ?? 'not-sent'
    return { ...tried, outcome: furthest }
  })
}

const FURTHEST: readonly Outcome[] = ['changed', 'refused', 'no-credential', 'not-sent']

function outcomeOf({ arrived, changed }: Forgery): Outcome {
  if (changed) return 'changed'
  if (arrived === null) return 'not-sent'
  return arrived.attached ? 'refused' : 'no-credential'
}
