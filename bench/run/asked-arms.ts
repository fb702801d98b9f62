/** Arms that a user asks for by versions: what they are exactly, and whether their servers work at all. */
import { isDeepStrictEqual } from 'node:util'
import type { SchemeName, Traits } from '../../servers/scheme.ts'
import { AuthscaleError, messageOf } from '../errors.ts'
import type { Upgrade } from '../experiments/experiment.ts'
import type { AskedVersions, Fleet } from '../fleet/fleet.ts'
import { refusalOf } from '../load/try-user.ts'
import type { Environment } from '../record/types.ts'

/** As it was typed. */
export interface AskedArm {
  scheme: SchemeName
  versions: AskedVersions
}

/** As the user would type it. */
export function armText({ scheme, versions }: AskedArm): string {
  const changes = Object.entries(versions).map(([name, version]) => `${name}=${version}`)
  return changes.length === 0 ? scheme : `${scheme}@${changes.join()}`
}

/**
 * The same with exact versions, which are here afterwards.
 *
 * @throws AuthscaleError ARM_FIXED where the fleet cannot change its servers, ARM_TWICE for two that are the same, ARM_IS_IT
 * without any change, and what the fleet throws when one cannot be had
 */
export async function resolved(asked: readonly AskedArm[], fleet: Fleet): Promise<Upgrade[]> {
  if (asked.length === 0) return []
  const { versionsFor } = fleet
  if (!versionsFor) {
    const message = '--arm: the servers of this fleet are in containers, which come with their versions'
    throw new AuthscaleError('ARM_FIXED', `${message}; leave it out`)
  }
  if (asked.every(({ versions }) => Object.keys(versions).length === 0)) {
    const message = '--arm asks for no other version: add one, e.g. session-redis@express-session=1.18'
    throw new AuthscaleError('ARM_IS_IT', `${message}, or name schemes with --schemes`)
  }
  const upgrades: Upgrade[] = []
  for (const { scheme, versions } of asked) {
    const found = { scheme, settings: await versionsFor(versions) }
    const same = upgrades.findIndex((other) => isDeepStrictEqual(other, found))
    if (same !== -1) {
      const [one, other] = [asked[same] as AskedArm, { scheme, versions }].map(armText)
      throw new AuthscaleError('ARM_TWICE', `--arm ${one} and ${other} are the same versions: leave one out`)
    }
    upgrades.push(found)
  }
  return upgrades
}

/** @throws AuthscaleError ARM_IS_IT for one that is alone with its scheme and has the versions that this has anyway */
export function requireChange(
  upgrades: readonly Upgrade[],
  { runtime, packages: locked }: Environment,
): void {
  for (const upgrade of upgrades) {
    const { scheme, settings } = upgrade
    const { packages = {}, node = majorOf(runtime), commit } = settings
    if (commit !== undefined) continue
    const isSame = Object.entries(packages).every(([name, version]) => locked[name] === version)
    const isAlone = upgrades.every((other) => other === upgrade || other.scheme !== scheme)
    if (!isAlone || !isSame || node !== majorOf(runtime) || Object.keys(settings).length === 0) continue
    const message = `--arm ${upgradeText(upgrade)} is what ${scheme} is compared with: ask for another version`
    throw new AuthscaleError('ARM_IS_IT', message)
  }
}

const majorOf = ({ node }: Environment['runtime']) => node.replace(/^v|\..*$/g, '')

function upgradeText({ scheme, settings: { packages = {}, node, commit } }: Upgrade): string {
  return armText({ scheme, versions: { ...packages, ...(node && { node }), ...(commit && { commit }) } })
}

/**
 * Starts each with another version once, logs a user in and reads: one that does not fit may start all the same.
 *
 * @throws AuthscaleError ARM_UNUSABLE for the first that does not
 */
export async function tryUpgrades(
  upgrades: readonly Upgrade[],
  traits: Readonly<Record<SchemeName, Traits>>,
  fleet: Fleet,
): Promise<void> {
  for (const upgrade of upgrades.filter(({ settings }) => Object.keys(settings).length > 0)) {
    const problem = await problemOf(upgrade, traits[upgrade.scheme], fleet)
    if (problem === null) continue
    throw new AuthscaleError('ARM_UNUSABLE', `${upgradeText(upgrade)} cannot be measured: ${problem}`)
  }
}

async function problemOf(
  { scheme, settings }: Upgrade,
  traits: Traits,
  fleet: Fleet,
): Promise<string | null> {
  try {
    const running = await fleet.start({ scheme, traits, replicas: 1, users: 1, settings })
    const refusal = await refusalOf(running.url, traits.transport, 0)
    await running.stop()
    return refusal
  } catch (error) {
    return messageOf(error)
  }
}
