/** The messages between the harness and its load generator, a child process that keeps all credentials. */
import type { LoadJob, LoadReport, LoginJob, LoginReport } from '../types.ts'

/** What the harness asks for: one job at a time. The child leaves when the channel closes. */
export type HarnessMessage = { type: 'login'; job: LoginJob } | { type: 'load'; job: LoadJob }

/** What the generator says. Every job ends with its own `-done` or with `failed`. */
export type GeneratorMessage =
  | { type: 'ready' }
  | { type: 'login-done'; report: LoginReport }
  | { type: 'window'; edge: 'open' | 'close' }
  | { type: 'load-done'; report: LoadReport }
  | { type: 'failed'; code: string; message: string }
