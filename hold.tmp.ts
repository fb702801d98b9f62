import { startRedis } from './bench/fleet/stores/redis.ts'
const r = await startRedis({port: 6399}); console.log(r.url, r.pid)
process.on('SIGTERM', async () => { await r.stop(); process.exit(0) }); setInterval(()=>{},1000)
