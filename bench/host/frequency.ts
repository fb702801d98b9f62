/**
 * How the clock of the CPUs is set. By the kernel's admin-guide/pm/{cpufreq,intel_pstate,amd-pstate}.rst. Most virtual
 * machines see none of it.
 */
import { switched, type Tree, word } from './tree.ts'

const CPUS = '/sys/devices/system/cpu'

export interface Frequency {
  /** What the kernel sets it with, such as intel_pstate. */
  driver: string | null
  /** By which rule: one name, or several where the CPUs differ. */
  governors: string[]
  /** What the hardware is told to prefer, such as balance_performance; only where it sets the clock by itself. */
  preferences: string[]
  /** Whether the clock may rise above its nominal value for a while. */
  turbo: boolean | null
}

/** Null where the kernel sets no clock for any of these CPUs, and tells of no turbo either. */
export function frequency(tree: Tree, cpus: readonly number[]): Frequency | null {
  const told = (file: string) => {
    const words = cpus.map((cpu) => word(tree, `${CPUS}/cpu${cpu}/cpufreq/${file}`))
    return [...new Set(words.filter((text) => text !== null))].sort()
  }
  const noTurbo = switched(tree, `${CPUS}/intel_pstate/no_turbo`)
  const turbo = noTurbo === null ? switched(tree, `${CPUS}/cpufreq/boost`) : !noTurbo
  const [driver = null] = told('scaling_driver')
  const governors = told('scaling_governor')
  if (governors.length === 0 && turbo === null) return null
  return { driver, governors, preferences: told('energy_performance_preference'), turbo }
}
