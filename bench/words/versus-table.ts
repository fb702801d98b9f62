/** The table of an experiment whose arms name what they are compared with. */
import { armsIn } from '../figures/records.ts'
import type { CoreSummary } from '../figures/schema.ts'
import type { Arm } from '../record/types.ts'
import { groupedBy } from '../stats/groups.ts'
import { ABSENT, armLabel, compared, styles } from './format.ts'
import { type Table, tableOf } from './tables.ts'
import { cpuText, throughputText } from './warnings.ts'

/** What stands below the table. */
export const VERSUS_NOTE =
  'Ratio and difference are against the arm in the column “compared with”, within blocks; CPU is that of replicas, ' +
  'Redis and proxy together. p is Holm-adjusted over all arms of the experiment.'

/** Every closed-loop arm of an experiment, scheme by scheme; ~ where no difference was detected. */
export function versusTable(summary: CoreSummary, experiment: string): Table {
  const arms = armsIn(summary.arms, experiment)
  const armOf = new Map(arms.map(({ arm }) => [arm.id, arm]))
  return tableOf([...groupedBy(arms, ({ arm }) => arm.scheme).values()].flat(), {
    scheme: ({ arm }) => armLabel(arm),
    variant: ({ arm }) => arm.variant ?? ABSENT,
    'compared with': ({ arm, versus }) =>
      versus ? baseLabel(arm, armOf.get(versus.arm), versus.arm) : ABSENT,
    'requests/s': ({ metrics }) => throughputText(metrics.throughputPerSec),
    'throughput ratio': ({ versus }) => compared(versus?.throughputRatio, styles.percent),
    'CPU difference, µs/request': ({ versus, warnings }) =>
      cpuText(compared(versus?.cpuDifferenceUs, styles.added), warnings),
  })
}

/** As short as tells it: the variant within a scheme, the scheme within a variant, else the id. */
function baseLabel(arm: Arm, base: Arm | undefined, id: string): string {
  if (!base) return id
  if (base.scheme === arm.scheme && base.variant !== null) return base.variant
  if (base.variant === arm.variant) return armLabel(base)
  return id
}
