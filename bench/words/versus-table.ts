/** The table of an experiment whose arms name what they are compared with. */
import type { CoreSummary } from '../figures/schema.ts'
import type { Arm } from '../record/types.ts'
import { ABSENT, armLabel, compared, styles } from './format.ts'
import type { Table } from './tables.ts'
import { cpuText, throughputText } from './warnings.ts'

/** What stands below the table. */
export const VERSUS_NOTE =
  'Ratio and difference are against the arm in the column “compared with”, within blocks; CPU is that of replicas, ' +
  'Redis and proxy together. p is Holm-adjusted over all arms of the experiment.'

/** Every closed-loop arm of an experiment, scheme by scheme; ~ where no difference was detected. */
export function versusTable(summary: CoreSummary, experiment: string): Table {
  const arms = summary.arms.filter(({ arm }) => arm.experiment === experiment)
  const schemes = [...new Set(arms.map(({ arm }) => arm.scheme))]
  const byScheme = schemes.flatMap((scheme) => arms.filter(({ arm }) => arm.scheme === scheme))
  const armOf = new Map(arms.map(({ arm }) => [arm.id, arm]))
  return {
    head: [
      'scheme',
      'variant',
      'compared with',
      'requests/s',
      'throughput ratio',
      'CPU difference, µs/request',
    ],
    rows: byScheme.map(({ arm, metrics, versus, warnings }) => [
      armLabel(arm),
      arm.variant ?? ABSENT,
      versus ? baseLabel(arm, armOf.get(versus.arm), versus.arm) : ABSENT,
      throughputText(metrics.throughputPerSec),
      compared(versus?.throughputRatio ?? null, styles.percent),
      cpuText(compared(versus?.cpuDifferenceUs ?? null, styles.added), warnings),
    ]),
  }
}

/** As short as tells it: the variant within a scheme, the scheme within a variant, else the id. */
function baseLabel(arm: Arm, base: Arm | undefined, id: string): string {
  if (!base) return id
  if (base.scheme === arm.scheme && base.variant !== null) return base.variant
  if (base.variant === arm.variant) return armLabel(base)
  return id
}
