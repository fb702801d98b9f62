/** Captures what a run was measured on. Nothing that names a person or a host goes in. */
import { readFile } from 'node:fs/promises'
import os from 'node:os'
import type { Fleet } from '../fleet/fleet.ts'
import { textOf } from '../fleet/tools/path.ts'
import { type Failure, run } from '../fleet/tools/run.ts'
import type { Environment } from '../record/types.ts'

/** Packages whose version can change a result. */
const PACKAGES = [
  'autocannon',
  'connect-redis',
  'express',
  'express-session',
  'ioredis',
  'jose',
  'pm2',
  'prom-client',
] as const

export async function captureEnvironment(
  root: URL,
  fleet: Pick<Fleet, 'runtime' | 'parts' | 'placement'>,
): Promise<Environment> {
  const cpus = os.cpus()
  const [virtualization, packages, git] = await Promise.all([
    virtualMachine(),
    versions(root),
    gitState(root),
  ])
  return {
    cpuModel: cpus[0]?.model.trim() ?? 'unknown',
    cores: os.availableParallelism(),
    memoryBytes: os.totalmem(),
    os: osName(),
    kernel: os.release(),
    arch: os.arch(),
    virtualization,
    cpuQuotaCores: cpuQuotaCores(),
    harnessNode: process.version,
    runtime: fleet.runtime,
    redis: fleet.parts.redis,
    haproxy: fleet.parts.haproxy,
    packages,
    ...git,
    placement: fleet.placement,
  }
}

/** Where there is no os-release file, the kernel's own name has to do. */
function osName(): string {
  return /^PRETTY_NAME="?([^"\n]*)/m.exec(textOf('/etc/os-release') ?? '')?.[1] || os.type()
}

/** The hypervisor's or container's name, 'none' on bare metal, null where nothing tells. */
async function virtualMachine(): Promise<string | null> {
  // It exits with 1 and still prints "none" on bare metal.
  const told = run('systemd-detect-virt', { timeout: 2_000 }).catch((error: Failure) => error)
  const name = (await told).stdout?.trim()
  if (name) return name
  const cpus = textOf('/proc/cpuinfo')
  if (cpus === null) return null
  return /^flags\s*:.*\bhypervisor\b/m.test(cpus) ? 'virtual machine' : 'none'
}

/** The CPU limit of this process's own control group, v2 then v1, in cores; null when there is none. */
export function cpuQuotaCores(): number | null {
  const [limit, period] = textOf('/sys/fs/cgroup/cpu.max')?.split(' ') ?? []
  if (limit && period && limit !== 'max') return Number(limit) / Number(period)
  const quota = Number(textOf('/sys/fs/cgroup/cpu/cpu.cfs_quota_us') ?? -1)
  const v1Period = Number(textOf('/sys/fs/cgroup/cpu/cpu.cfs_period_us') ?? 100_000)
  return quota > 0 ? quota / v1Period : null
}

async function versions(root: URL): Promise<Record<string, string>> {
  const entries = PACKAGES.map(async (name) => {
    const text = await readFile(new URL(`node_modules/${name}/package.json`, root), 'utf8')
    return [name, (JSON.parse(text) as { version: string }).version] as const
  })
  return Object.fromEntries(await Promise.all(entries))
}

async function gitState(root: URL): Promise<{ gitCommit: string | null; gitDirty: boolean | null }> {
  try {
    const [commit, status] = await Promise.all([
      run('git', ['rev-parse', 'HEAD'], { cwd: root }),
      run('git', ['status', '--porcelain', '--untracked-files=no'], { cwd: root }),
    ])
    return { gitCommit: commit.stdout.trim(), gitDirty: status.stdout.trim() !== '' }
  } catch {
    // An unpacked archive has no history; that is worth recording, not worth failing.
    return { gitCommit: null, gitDirty: null }
  }
}
