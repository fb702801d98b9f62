/** What a fleet on this machine stands on, from the first trial to the last. */
import type { Part, ServerVariables } from '../../record/types.ts'
import type { FleetOptions } from '../fleet.ts'
import type { RunFolder } from '../processes/manifest.ts'
import type { Supervisor } from '../processes/supervised.ts'
import type { QuotaSupport } from '../quota/quota.ts'
import type { Build } from '../tools/build.ts'
import type { Commits } from '../tools/commits.ts'
import type { Runtimes } from '../tools/other-runtimes.ts'
import type { Packages } from '../tools/packages.ts'
import type { Runtime } from '../tools/runtime.ts'
import type { Tool } from '../tools/tools.ts'

/** Everything that outlives a single trial. */
export interface Ground {
  options: FleetOptions
  folder: RunFolder
  runtime: Runtime
  runtimes: Runtimes
  build: Build
  packages: Packages
  commits: Commits
  supervisor: Supervisor
  keys: string
  cpus: readonly number[]
  /** The same by the physical core that they are threads of. */
  cores: readonly (readonly number[])[]
  quotas: () => QuotaSupport
  /** Of all servers that were started so far. */
  variables: { seen: ServerVariables | null }
  haproxy: Tool
  /** A server to start, or one that the user already runs. */
  redis: { tool: Tool } | { url: string; part: Part }
}
