/** Begins a page, and says on it what cannot be shown instead of leaving a hole. */
import { byId, el } from './dom.ts'

export async function woken(show: () => Promise<void>): Promise<void> {
  try {
    await show()
  } catch (error) {
    tell(error)
  }
  const { dataset } = document.documentElement
  dataset.ready = 'yes'
  // Charts in view are drawn before the first frame, and it is on the screen when the second is asked for.
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      dataset.painted = String(performance.now())
    }),
  )
}

/** What is wrong with one part must not take the others along. */
export function attempt(show: () => void): void {
  try {
    show()
  } catch (error) {
    tell(error)
  }
}

function tell(error: unknown): void {
  const text = error instanceof Error ? error.message : String(error)
  byId('main').prepend(
    el('p', { class: 'problem', role: 'alert' }, `A part of this page cannot be shown: ${text}.`),
  )
}
