/** What remembered state adds to a request by its size, and how much of it a scheme takes. */
import { union } from '../../figures/comparisons.ts'
import { estimate, redisGrowthBytes, replicaGrowthBytes, servingCpuUs } from '../../figures/metrics.ts'
import { type ArmRecords, armsIn } from '../../figures/records.ts'
import { slopesOver } from '../../figures/slopes.ts'
import type { Measurement, TrialResult } from '../../record/types.ts'
import { groupedBy } from '../../stats/groups.ts'
import type { Summary } from './schema.ts'

type Entry = Summary['payload'][number]
type Slope = keyof Entry['perKb']

/** State is small change in bytes: slopes are told for so many of them. */
const KB = 1_000

const perUser = (bytes: number | null, { logins }: Measurement) =>
  bytes === null || logins.count === 0 ? null : bytes / logins.count

const SLOPES: Readonly<Record<Slope, { unit: string; of: (m: Measurement) => number | null }>> = {
  replicaCpuUs: { unit: 'µs/request/KB', of: (m) => m.cpuUsPerRequest.replicas },
  redisCpuUs: { unit: 'µs/request/KB', of: (m) => m.cpuUsPerRequest.redis },
  proxyCpuUs: { unit: 'µs/request/KB', of: (m) => m.cpuUsPerRequest.proxy },
  servingCpuUs: { unit: 'µs/request/KB', of: servingCpuUs },
  sentBytes: { unit: 'bytes/request/KB', of: (m) => m.bytesPerRequest.sent },
  receivedBytes: { unit: 'bytes/request/KB', of: (m) => m.bytesPerRequest.received },
  replicaBytesPerUser: { unit: 'bytes/user/KB', of: (m) => perUser(replicaGrowthBytes(m), m) },
  redisBytesPerUser: { unit: 'bytes/user/KB', of: (m) => perUser(redisGrowthBytes(m), m) },
}

/** The state that an arm's users carry, in bytes; of an arm that looked for the largest, what it found. */
export function stateBytesOf({ arm }: Summary['arms'][number], { payload }: Summary): number | undefined {
  if (!arm.largestState) return arm.settings.stateBytes
  return payload.find(({ scheme }) => scheme === arm.scheme)?.limit?.acceptedBytes
}

/** One entry a scheme of the experiment; empty without it. */
export function payload(all: readonly ArmRecords[], results: readonly TrialResult[]): Summary['payload'] {
  const arms = armsIn(all, 'payload').filter(({ arm }) => !arm.twin)
  return [...groupedBy(arms, ({ arm }) => arm.scheme)].map(([scheme, own]) => {
    const sized = own
      .filter(({ arm, measured }) => !arm.largestState && measured.size > 0)
      .sort((a, b) => bytesOf(a) - bytesOf(b))
    const slopes = Object.entries(SLOPES).map(([name, { unit, of }]) => [
      name,
      estimate(
        slopesOver(sized, (one) => bytesOf(one) / KB, of),
        unit,
        { warnings: union(sized) },
      ),
    ])
    return {
      scheme,
      limit: limitOf(scheme, results),
      perKb: Object.fromEntries(slopes) as Entry['perKb'],
      sizesBytes: sized.map(bytesOf),
    }
  })
}

const bytesOf = ({ arm }: ArmRecords) => arm.settings.stateBytes ?? 0

/** The first answer: what a scheme takes depends on no gate, so that a rejected trial tells it as well. */
function limitOf(scheme: string, results: readonly TrialResult[]): Entry['limit'] {
  const own = results.filter(({ trial }) => trial.arm.experiment === 'payload' && trial.arm.scheme === scheme)
  return own.flatMap(({ measurement }) => measurement?.stateLimit ?? [])[0] ?? null
}
