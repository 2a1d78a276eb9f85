/** One contender of `readiness.mjs`, measured in this process: prints what it took, in ms. */
import { performance } from 'node:perf_hooks'

const WARM_UP = 200

const contenders = {
  async core() {
    const { createReadiness } = await import('../index.js')
    const readiness = createReadiness({ cacheMs: 0 })
    return {
      check: async () => (await readiness.check()).status,
      close: () => readiness.close(),
    }
  },
  async peer() {
    const { default: pg } = await import('pg')
    const { default: Redis } = await import('ioredis')
    const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL })
    const redis = new Redis(process.env.REDIS_URL)
    const health = `${process.env.WORKER_CALLBACK_URL}/health`
    return {
      async check() {
        const [rows, pong, ok] = await Promise.all([
          pool.query('SELECT 1 AS one'),
          redis.ping(),
          fetch(health, { redirect: 'error', signal: AbortSignal.timeout(2_000) }).then(
            // The body is read, so that the connection can be kept.
            async (response) => (await response.text(), response.ok),
          ),
        ])
        return rows.rows[0].one === 1 && pong === 'PONG' && ok ? 'ready' : 'not_ready'
      },
      async close() {
        redis.disconnect()
        await pool.end()
      },
    }
  },
}

const [name, count] = process.argv.slice(2)
const { check, close } = await contenders[name]()
const times = []
for (let at = -WARM_UP; at < Number(count); at += 1) {
  if (at === 0) begin()
  const began = performance.now()
  if ((await check()) !== 'ready') throw new Error(`${name}: a check did not come out ready`)
  if (at >= 0) times.push(performance.now() - began)
}
const loop = performance.eventLoopUtilization(globalThis.loopBefore).active
const { user, system } = process.cpuUsage(globalThis.cpuBefore)
await close()
process.stdout.write(JSON.stringify({ times, loop, cpu: (user + system) / 1e3 }))

function begin() {
  globalThis.loopBefore = performance.eventLoopUtilization()
  globalThis.cpuBefore = process.cpuUsage()
}
