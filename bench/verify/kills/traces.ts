/** What harnesses leave behind: processes, run folders, builds, control groups. */
import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { buildFolder } from '../../fleet/tools/build.ts'
import { leftAfter } from './command-line.ts'

/** A harness's processes must be gone within this time of its end; nothing waits when they are sooner. */
const GONE_WITHIN_MS = 5_000

export class Traces {
  readonly #home: string
  readonly #tmp: string
  /** Of all harnesses that left a folder. */
  readonly #nonces = new Set<string>()

  /** @param home where harnesses work, with `tmp` for their run folders */
  constructor(home: string) {
    this.#home = home
    this.#tmp = path.join(home, 'tmp')
  }

  /**
   * Ends what is left, so that it is told once.
   *
   * @param wasKilled whether a next start may find files to sweep; processes must be gone in any case
   * @returns what should not be there, a sentence each
   */
  async faults(wasKilled: boolean): Promise<string[]> {
    const strays = await leftAfter(this.#home, GONE_WITHIN_MS)
    for (const { pid } of strays) process.kill(pid, 'SIGKILL')
    const faults = strays.map(({ command }) => `still running after ${GONE_WITHIN_MS / 1_000} s: ${command}`)
    const folders = readdirSync(this.#tmp).filter((name) => /^\.?authscale-/.test(name))
    for (const name of folders) this.#nonces.add(name.replace(/^\.?authscale-/, ''))
    if (wasKilled) return faults
    const builds = [...this.#nonces].map(buildFolder).filter(existsSync)
    return [...faults, ...[...folders, ...builds].map((name) => `not swept: ${name}`)]
  }
}
