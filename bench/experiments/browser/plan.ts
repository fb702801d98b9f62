/** What a script and another site's page can do with each credential in a real browser, and what it tells without a key. */
import { arm, blocksOf, SHORT_WINDOW, withoutControl } from '../arms.ts'
import type { Experiment } from '../experiment.ts'

export const browser: Experiment = {
  name: 'browser',
  question:
    'In a real browser: what can a script read, which requests of other sites change something, and what stops them?',
  profiles: ['full'],
  opensBrowser: true,
  plan(options) {
    const { browserProblem } = options
    if (browserProblem !== null) return { rounds: [], notes: [`browser: left out: ${browserProblem}`] }
    const base = { experiment: 'browser', ...SHORT_WINDOW, examine: { kind: 'browser' as const } }
    const arms = withoutControl(options.schemes).map((scheme) => arm({ ...base, scheme }, options))
    // Browsers and servers draw no lots here: a second block would only say the same.
    return { rounds: arms.length === 0 ? [] : [{ arms, blocks: blocksOf(options, 1) }], notes: [] }
  },
}
