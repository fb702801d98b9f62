/** What a run's environment says of the machine beneath it, and of what its servers were given. */
import { z } from 'zod'
import { count, positive } from './basics.ts'

const cpus = z.array(count)

const limitSchema = z.object({
  value: positive,
  levelsUp: count.describe('Control groups between the one that sets it and the harness: 0 for its own'),
})

export const hostSchema = z
  .object({
    hypervisor: z
      .string()
      .nullable()
      .describe('kvm, firecracker, xen and so on; other: it tells no name; none: bare metal; null: not told'),
    container: z
      .string()
      .nullable()
      .describe(
        'docker, podman, kubernetes and so on; other: it tells no name; none: outside; null: not told',
      ),
    cpuQuota: limitSchema
      .nullable()
      .describe('In cores: the smallest of all levels of control groups that are mounted'),
    memoryLimit: limitSchema.nullable().describe('In bytes: the smallest of all levels'),
    cpuset: cpus.nullable().describe('CPUs that the cpuset allows; null: no such controller'),
    allowedCpus: cpus.describe('CPUs that the harness may use, by cpuset and affinity'),
    cores: z
      .array(cpus)
      .nullable()
      .describe('The allowed CPUs by physical core: two in one are SMT siblings; null: not told'),
    smtActive: z.boolean().nullable().describe('Whether any core of the machine runs several threads'),
    numaNodes: z.array(cpus).nullable().describe('The allowed CPUs by NUMA node; null: not told'),
    frequency: z
      .object({
        driver: z.string().nullable(),
        governors: z.array(z.string()).describe('Of the allowed CPUs, each once'),
        preferences: z.array(z.string()).describe('energy_performance_preference of them, each once'),
        turbo: z.boolean().nullable(),
      })
      .nullable()
      .describe('How the clock is set; null: the kernel sets none, as in most virtual machines'),
    cryptoFlags: z
      .array(z.string())
      .nullable()
      .describe('CPU flags that matter to cryptography and that all CPUs have'),
    power: z.enum(['mains', 'battery']).nullable().describe('null: no power supply is told of'),
  })
  .describe('Read from /proc and /sys, and from systemd-detect-virt')

export const sourceSchema = z.object({
  version: z.string().describe('Of the package, by its package.json'),
  contentHash: z
    .string()
    .nullable()
    .describe(
      'sha256 over the code, where no commit says what it is: without a repository, or with changes. Over the files of ' +
        'bench/ and servers/, package.json and, where there is one, package-lock.json in the order of their paths, each as path, zero byte, ' +
        'length in bytes, zero byte, bytes',
    ),
})

export const serverVariablesSchema = z
  .object({
    names: z.array(z.string()).describe('Of all variables that any server had'),
    values: z
      .record(z.string(), z.array(z.string()))
      .describe('Of a fixed list alone; each value that was seen, once'),
  })
  .describe('Environment variables of the servers of this run, as their processes were started with them')

export type Host = z.infer<typeof hostSchema>
export type ServerVariables = z.infer<typeof serverVariablesSchema>
