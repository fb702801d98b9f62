/**
 * A server that does one thing: it looks a session up by the raw secret in a header. `REDIS_URL` and `KEY_PREFIX` as in
 * servers/; it tells its port to who started it, and leaves with them.
 */
import { createServer } from 'node:http'
import { Redis } from 'ioredis'
import { listen } from '../../../fleet/ports.ts'
import { leakyEquals } from './leak.ts'

const { REDIS_URL = '', KEY_PREFIX = '' } = process.env
const redis = new Redis(REDIS_URL)

const server = createServer(async (req, res) => {
  const { 'x-session': guess, 'x-existing': existing, 'x-lookup': lookup } = req.headers
  if (lookup === 'leaky') leakyEquals(String(guess), String(existing))
  const found = await redis.get(KEY_PREFIX + String(guess)).catch(() => null)
  res.writeHead(found === null ? 401 : 200).end()
})
process.on('disconnect', () => process.exit(0))
process.send?.(await listen(server))
