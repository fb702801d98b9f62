/** Begins a page, and says on it what cannot be shown instead of leaving a hole. */
import { messageOf } from '../../errors.ts'
import { byId, el } from './dom.ts'
import { unpacked } from './open.ts'

/** @param show is given what the page carries */
export async function woken<Data>(show: (data: Data) => void | Promise<void>): Promise<void> {
  await attempt(async () => show((await unpacked(byId('data').textContent ?? '')) as Data))
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
export async function attempt(show: () => void | Promise<void>): Promise<void> {
  try {
    await show()
  } catch (error) {
    const text = messageOf(error)
    byId('main').prepend(
      el('p', { class: 'problem', role: 'alert' }, `A part of this page cannot be shown: ${text}.`),
    )
  }
}
