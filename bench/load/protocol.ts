/** The messages between the harness and a load generator, a child process that keeps its users' credentials. */
import type { LoadJob, LoginJob, LoginReport } from './job.ts'
import type { LoadShare } from './merge.ts'

/**
 * What the harness asks for: one job at a time, and that it end early. All processes hear of the whole load; each
 * takes the share that its login was for. The child leaves when the channel closes.
 */
export type HarnessMessage =
  | { type: 'login'; job: LoginJob }
  | { type: 'load'; job: LoadJob; startUs: number }
  | { type: 'cancel' }

/** What the generator says. Every job ends with its own `-done` or with `failed`. */
export type GeneratorMessage =
  | { type: 'ready' }
  | { type: 'login-done'; report: LoginReport }
  | { type: 'window'; edge: 'open' | 'close' }
  | { type: 'load-done'; share: LoadShare }
  | { type: 'failed'; code: string; message: string }
