/** What a script and another site's page can do with each credential in a real browser, and what it tells without a key. */
import type { SchemeName } from '../../../servers/scheme.ts'
import { CONTROL } from '../../figures/records.ts'
import type { Arm } from '../../record/types.ts'
import { arm, blocksOf } from '../arms.ts'
import type { Experiment, PlanOptions } from '../experiment.ts'

/** The same in every profile: the window only follows what is asked here, and none of its figures is shown. */
const WINDOW = { users: 20, warmupSec: 0.1, warmupRequests: 0, measureSec: 0.2 }

export const browser: Experiment = {
  name: 'browser',
  question:
    'In a real browser: what can a script read, which requests of other sites change something, and what stops them?',
  profiles: ['full'],
  opensBrowser: true,
  plan(options) {
    const { browserProblem } = options
    if (browserProblem !== null) return { rounds: [], notes: [`browser: left out: ${browserProblem}`] }
    const arms = options.schemes.filter((name) => name !== CONTROL).map((name) => armOf(name, options))
    // Browsers and servers draw no lots here: a second block would only say the same.
    return { rounds: arms.length === 0 ? [] : [{ arms, blocks: blocksOf(options, 1) }], notes: [] }
  },
}

function armOf(scheme: SchemeName, options: PlanOptions): Arm {
  const whole = arm(
    { experiment: 'browser', scheme, replicas: 1, ...WINDOW },
    { ...options, users: undefined },
  )
  return { ...whole, examine: { kind: 'browser' } }
}
