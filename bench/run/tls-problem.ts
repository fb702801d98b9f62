/** Why a window over TLS must not become a figure: the handshakes were not those that were asked for. Pure. */
import type { Load } from '../load/job.ts'
import type { Arm, Measurement } from '../record/types.ts'
import { percent } from '../words/format.ts'

/** The rest are sessions whose first connection was lost. */
const LEAST_RESUMED = 0.95
/** None should; a few are no reason to throw a trial away. */
const MOST_RESUMED_OF_NEW = 0.01

/** Null where there is nothing to object to, as in any window without TLS. */
export function tlsProblem(
  { handshakes, protocols }: Pick<Measurement, 'handshakes' | 'protocols'>,
  load: Load,
  { tls }: Arm['settings'],
): string | null {
  if (!tls) return null
  const own = protocols?.[`TLSv${tls}`]
  if (!own?.accepted)
    return (
      `the proxy refused a ClientHello of TLS ${tls}, its own version (${own?.answer}): its answers to the ` +
      'others mean nothing'
    )
  const reuse = load.loop === 'closed' ? (load.reuse ?? 'kept') : 'kept'
  if (reuse === 'kept') return null
  const { full, resumed } = handshakes ?? { full: 0, resumed: 0 }
  if (full + resumed === 0) return 'no TLS handshake inside the measurement window'
  const share = resumed / (full + resumed)
  const isRight = reuse === 'resumed' ? share >= LEAST_RESUMED : share <= MOST_RESUMED_OF_NEW
  if (isRight) return null
  const wanted = reuse === 'resumed' ? 'all were to resume a session' : 'none was to resume a session'
  return `${percent(share)} of ${full + resumed} connections resumed a TLS session, and ${wanted}`
}
