/** Captures what a run was measured on. Nothing that names a person or a host goes in. */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import os from 'node:os'
import { promisify } from 'node:util'
import type { Fleet } from '../fleet/fleet.ts'
import type { Environment } from '../record/types.ts'

const run = promisify(execFile)

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

function osName(): string {
  try {
    const pretty = /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1]
    if (pretty) return pretty
  } catch {
    // Not a Linux with an os-release file: the kernel's own name has to do.
  }
  return os.type()
}

/** The hypervisor's or container's name, 'none' on bare metal, null where nothing tells. */
async function virtualMachine(): Promise<string | null> {
  try {
    const { stdout } = await run('systemd-detect-virt', { timeout: 2_000 })
    return stdout.trim()
  } catch (error) {
    // It exits with 1 and still prints "none" on bare metal.
    const printed = (error as { stdout?: string }).stdout?.trim()
    if (printed) return printed
  }
  try {
    return /^flags\s*:.*\bhypervisor\b/m.test(readFileSync('/proc/cpuinfo', 'utf8'))
      ? 'virtual machine'
      : 'none'
  } catch {
    return null
  }
}

/** The CPU limit of this process's own control group, v2 then v1, in cores; null when there is none. */
export function cpuQuotaCores(): number | null {
  const read = (path: string): string | null => {
    try {
      return readFileSync(path, 'utf8').trim()
    } catch {
      return null
    }
  }
  const [limit, period] = read('/sys/fs/cgroup/cpu.max')?.split(' ') ?? []
  if (limit && period && limit !== 'max') return Number(limit) / Number(period)
  const quota = Number(read('/sys/fs/cgroup/cpu/cpu.cfs_quota_us') ?? -1)
  const v1Period = Number(read('/sys/fs/cgroup/cpu/cpu.cfs_period_us') ?? 100_000)
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
    const cwd = root
    const [commit, status] = await Promise.all([
      run('git', ['rev-parse', 'HEAD'], { cwd }),
      run('git', ['status', '--porcelain', '--untracked-files=no'], { cwd }),
    ])
    return { gitCommit: commit.stdout.trim(), gitDirty: status.stdout.trim() !== '' }
  } catch {
    // An unpacked archive has no history; that is worth recording, not worth failing.
    return { gitCommit: null, gitDirty: null }
  }
}
