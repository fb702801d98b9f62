/**
 * The one home of the rule by which test files run. A file that is named nowhere here is quick: it starts nothing, listens
 * nowhere and writes nothing, and `kinds.test.ts` follows its imports to see that.
 */

/**
 * They start real processes and ask what these do, not how fast: another test beside them does no harm, and what they make
 * lies in folders of their own. Those that take longest come first, so that none is left over in the end.
 */
export const real: readonly string[] = [
  'bench/testing/contributing.test.ts',
  'servers/checks/guarantees.test.ts',
  'bench/verify/servers/planted.test.ts',
  'bench/verify/broken.test.ts',
  'bench/commands/cli.test.ts',
  'bench/page/app/page.test.ts',
  'servers/checks/conformance.test.ts',
  'bench/verify/kills/kills.test.ts',
  'bench/fleet/faults/faults.test.ts',
  'bench/commands/faulty-parts.test.ts',
  'bench/commands/faulty-disk.test.ts',
  'servers/checks/tuning.test.ts',
  'bench/fleet/processes/supervised.test.ts',
  'bench/fleet/local/local.test.ts',
  'bench/experiments/browser/act/browser.test.ts',
  'bench/load/generator.test.ts',
  'servers/users/passwords.test.ts',
  'bench/commands/plan.test.ts',
  'bench/fleet/tools/other-runtimes.test.ts',
  'servers/main.test.ts',
  'servers/stores/near-cache-reads.test.ts',
  'bench/experiments/browser/act.test.ts',
  'bench/commands/published.test.ts',
  'bench/fleet/tools/apt.test.ts',
  'servers/users/state-size.test.ts',
  'bench/commands/compare.test.ts',
  'bench/commands/readme.test.ts',
  'bench/experiments/payload/act.test.ts',
  'servers/wire/browsers.test.ts',
  'servers/wire/credentials.test.ts',
  'bench/experiments/counterfeits/act.test.ts',
  'servers/tokens/jws-vectors.test.ts',
  'servers/stores/redis-commands.test.ts',
  'servers/config.test.ts',
  'bench/fleet/stores/redis.test.ts',
  'bench/load/login.test.ts',
  'bench/fleet/settings.test.ts',
  'servers/sessions/express-sessions.test.ts',
  'servers/stores/tuned-store.test.ts',
  'bench/fleet/local/local-tls.test.ts',
  'bench/fleet/replicas.test.ts',
  'bench/page/app/catalogue.test.ts',
  'bench/fleet/processes/manifest.test.ts',
  'bench/fleet/tools/chromium.test.ts',
  'bench/fleet/proxy/proxy.test.ts',
  'bench/observe/bounds.test.ts',
  'bench/run/trial.test.ts',
  'bench/record/trial-log.test.ts',
  'bench/probe/protocols.test.ts',
  'bench/run/progress.test.ts',
  'servers/compose.test.ts',
  'bench/verify/findings.test.ts',
  'bench/fleet/proxy/proxy-tls.test.ts',
  'bench/record/run-dir.test.ts',
  'bench/testing/programs.test.ts',
  'bench/fleet/tools/kept.test.ts',
  'bench/fleet/proxy/certificate.test.ts',
  'bench/fleet/quota/quota-placement.test.ts',
  'bench/fleet/processes/process.test.ts',
  'bench/fleet/limits.test.ts',
  'bench/fleet/placement.test.ts',
  'bench/experiments/browser/act/readable.test.ts',
]

/** They hold real processes to a time, and wait most of it: two at a time leave each other the CPU that they need. */
export const waiting: readonly string[] = [
  'bench/load/open/open-loop.test.ts',
  'bench/load/open/journeys.test.ts',
  'bench/load/open/alarm.test.ts',
  'bench/fleet/link/link.test.ts',
  'bench/fleet/link/link-faults.test.ts',
  'bench/fleet/link/distance.test.ts',
  'bench/probe/probe.test.ts',
  'servers/stores/near-cache.test.ts',
  'bench/fleet/link/link-delay.test.ts',
]

/**
 * They measure rates, CPU time or latency, or need a trial that nothing disturbs: nothing else
 * runs meanwhile.
 */
export const alone: readonly string[] = [
  'bench/commands/undisturbed-runs.test.ts',
  'bench/verify/broken-times.test.ts',
  'bench/experiments/acts.test.ts',
  'bench/load/open/logins.test.ts',
  'bench/run/under-fault.test.ts',
  'bench/load/closed/new-connections.test.ts',
  'bench/load/open/journeys-fleet.test.ts',
  'bench/load/closed/closed-loop.test.ts',
  'bench/fleet/quota/quota.test.ts',
  'servers/users/password-cost.test.ts',
  'servers/stores/redis.test.ts',
  'bench/experiments/timing/act.test.ts',
]
