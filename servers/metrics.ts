/** prom-client's default process metrics, read between measurements and kept off the measured routes. */
import type { RequestHandler } from 'express'
import { collectDefaultMetrics, Registry } from 'prom-client'

/** Answers the metrics; `?gc=1` collects garbage first, if the process was started with --expose-gc. */
export function createMetrics(): RequestHandler {
  const register = new Registry()
  collectDefaultMetrics({ register })
  return async (req, res) => {
    // Without it the heap figure is mostly garbage that the collector did not get to yet.
    if (req.query.gc === '1') globalThis.gc?.()
    res.type(register.contentType).send(await register.metrics())
  }
}
