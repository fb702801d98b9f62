/** Makes one measurement window of those of several processes. */
import { AuthscaleError } from '../errors.ts'

type Edge = 'open' | 'close'

/**
 * The window that all processes have in common: from when the last one opened its own until the first one closed. What
 * is read at its edges, CPU above all, then belongs to the full load; a window from the first opening to the last
 * closing would begin and end while some process sends nothing that counts.
 */
export function overlapOf(processes: number, onWindow: (edge: Edge) => void) {
  let opened = 0
  let closed = 0
  let areApart = false
  return {
    hear(edge: Edge): void {
      if (edge === 'open' && ++opened === processes) onWindow('open')
      if (edge === 'close' && closed++ === 0) {
        areApart = opened < processes
        onWindow('close')
      }
    },
    /** Once all are done. @throws AuthscaleError WINDOWS_APART when they have no window in common */
    check(): void {
      if (areApart)
        throw new AuthscaleError(
          'WINDOWS_APART',
          'A load generator process closed its window before another opened its own; give them more CPUs.',
        )
    },
  }
}
