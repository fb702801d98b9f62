/** A made-up run of the experiment `browser`: what browsers do, as a table, so that tests can change it. */
import type { SchemeName, Traits } from '../../servers/scheme.ts'
import { browser } from '../experiments/browser/plan.ts'
import type { PlanOptions } from '../experiments/experiment.ts'
import { planTrials } from '../experiments/index.ts'
import type { BrowserSeen, Run, TrialResult } from '../record/types.ts'
import { traits } from '../traits.ts'
import { planOptions } from './plan-options.ts'
import { syntheticRun } from './synthetic-run.ts'

type Forgery = BrowserSeen['forgeries'][number]

const REQUESTS = ['img-get', 'fetch-no-cors', 'fetch-json', 'link-get', 'form-post'] as const
const DEFENDED = [
  { sameSite: 'None', check: false },
  { sameSite: 'None', check: true },
  { sameSite: 'unset', check: false },
  { sameSite: 'Lax', check: false },
  { sameSite: 'Strict', check: false },
  { sameSite: 'Lax', check: true },
] as const

/** With which requests of another site the cookie goes along. */
const ATTACHED: Readonly<Record<(typeof DEFENDED)[number]['sameSite'], readonly Forgery['request'][]>> = {
  None: REQUESTS,
  unset: ['link-get', 'form-post'],
  Lax: ['link-get'],
  Strict: [],
}

interface Options {
  profile?: Run['profile']
  plan?: Partial<PlanOptions>
  /** Changes what was seen at a scheme. */
  change?: (seen: BrowserSeen, scheme: string) => BrowserSeen
}

export async function syntheticBrowser({ profile, plan, change = (seen) => seen }: Options = {}) {
  const { trials, notes } = planTrials([browser], await planOptions(plan), 1)
  const template = syntheticRun({ experiments: ['cost'], blocks: 1, ...(profile && { profile }) })
  const run: Run = { ...template.run, plan: trials, notes }
  const [first] = template.results
  if (!first?.ok) throw new Error('the template has no measurement')
  const results = trials.map((trial): TrialResult => {
    const { scheme } = trial.arm
    const examined = change(seenAt(traits[scheme as SchemeName]), scheme)
    return { ...first, trial, measurement: { ...first.measurement, examined } }
  })
  return { run, results }
}

function seenAt({ transport, payload }: Traits): BrowserSeen {
  return {
    kind: 'browser',
    version: '150.0.1.2',
    readable: payload === 'readable' ? ['username', 'name'] : [],
    thefts:
      transport === 'bearer'
        ? [{ keptIn: 'local-storage', readable: true, usable: true }]
        : [
            { keptIn: 'plain-cookie', readable: true, usable: true },
            { keptIn: 'http-only-cookie', readable: false, usable: true },
          ],
    forgeries: (['cross-site', 'same-site'] as const).flatMap((from) =>
      REQUESTS.flatMap((request) =>
        transport === 'bearer' ? [bearer(request, from)] : cookies(request, from),
      ),
    ),
  }
}

function bearer(request: Forgery['request'], from: Forgery['from']): Forgery {
  const arrived = request === 'fetch-json' ? null : { attached: false, status: 401 }
  return { request, from, sameSite: null, check: false, arrived, changed: false }
}

function cookies(request: Forgery['request'], from: Forgery['from']): Forgery[] {
  return DEFENDED.map(({ sameSite, check }) => {
    const attached = from === 'same-site' || ATTACHED[sameSite].includes(request)
    const status = check ? 403 : attached ? 200 : 401
    const arrived = request === 'fetch-json' ? null : { attached, status }
    return { request, from, sameSite, check, arrived, changed: arrived !== null && status === 200 }
  })
}
