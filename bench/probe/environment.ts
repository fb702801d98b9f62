/** Captures what a run was measured on. Nothing that names a person or a host goes in. */
import { readFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import type { Fleet } from '../fleet/fleet.ts'
import { allowedCpus } from '../fleet/placement.ts'
import { textOf } from '../fleet/tools/path.ts'
import { type Failure, run } from '../fleet/tools/run.ts'
import { readHost } from '../host/host.ts'
import { thisMachine } from '../host/tree.ts'
import { packageFolder } from '../places.ts'
import type { Environment, Host } from '../record/types.ts'
import { sourceOf } from './source.ts'

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

/** @param cpus that a run may use; a harness that has pinned itself already must have asked before */
export async function captureEnvironment(
  root: URL,
  fleet: Pick<Fleet, 'runtime' | 'parts' | 'placement'>,
  cpus: readonly number[] = allowedCpus(),
): Promise<Environment> {
  const [host, packages, source] = await Promise.all([captureHost(cpus), versions(), sourceOf(root)])
  return {
    cpuModel: os.cpus()[0]?.model.trim() ?? 'unknown',
    // What Node itself says depends on its version: a newer one takes quotas for fewer cores.
    cores: cpus.length,
    memoryBytes: os.totalmem(),
    os: osName(),
    kernel: os.release(),
    arch: os.arch(),
    virtualization: virtualization(host),
    cpuQuotaCores: host.cpuQuota?.value ?? null,
    host,
    harnessNode: process.version,
    runtime: fleet.runtime,
    redis: fleet.parts.redis,
    haproxy: fleet.parts.haproxy,
    packages,
    ...source,
    placement: fleet.placement,
  }
}

/** What can be told of this machine now; where there is no /proc, most of it is null. */
export async function captureHost(cpus: readonly number[]): Promise<Host> {
  return readHost(thisMachine, cpus, await detectVirt())
}

/** Where there is no os-release file, the kernel's own name has to do. */
function osName(): string {
  return /^PRETTY_NAME="?([^"\n]*)/m.exec(textOf('/etc/os-release') ?? '')?.[1] || os.type()
}

/** One name for readers of old: of the outermost that there is. */
function virtualization({ hypervisor, container }: Host): string | null {
  const isThere = (name: string | null) => name !== null && name !== 'none'
  return isThere(hypervisor) ? hypervisor : isThere(container) ? container : hypervisor
}

/** It asks the CPU, which Node cannot. Null where it is not installed. */
async function detectVirt(): Promise<string | null> {
  // It exits with 1 and still prints "none" on bare metal.
  const told = run('systemd-detect-virt', ['--vm'], { timeout: 2_000 }).catch((error: Failure) => error)
  return (await told).stdout?.trim() || null
}

async function versions(): Promise<Record<string, string>> {
  const entries = PACKAGES.map(async (name) => {
    const text = await readFile(path.join(packageFolder(name), 'package.json'), 'utf8')
    return [name, (JSON.parse(text) as { version: string }).version] as const
  })
  return Object.fromEntries(await Promise.all(entries))
}
