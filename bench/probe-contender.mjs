/** One contender of `probe.mjs`, which answers in this process. */
import { once } from 'node:events'
import { createInterface } from 'node:readline'

const contenders = {
  async core() {
    const { createReadiness, startProbeServer } = await import('../index.js')
    const readiness = createReadiness({ db: false, worker: false })
    return (await startProbeServer({ port: 0, readiness })).port
  },
  async peer() {
    const [{ default: express }, { createTerminus }, { createServer }, { default: Redis }] = await Promise.all([
      import('express'),
      import('@godaddy/terminus'),
      import('node:http'),
      import('ioredis'),
    ])
    const server = createServer(express())
    const redis = new Redis(process.env.REDIS_URL)
    const ready = async () => {
      if ((await redis.ping()) !== 'PONG') throw new Error('Redis is not well')
      return { redis: 'ok' }
    }
    createTerminus(server, { healthChecks: { '/health/ready': ready }, signals: [] })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return server.address().port
  },
}

// Serves until standard input ends; answers each line on it with the CPU and event-loop time so far, in µs.
const port = await contenders[process.argv[2]]()
process.stdin.once('end', () => process.exit())
console.log(port)
for await (const _line of createInterface({ input: process.stdin })) {
  const { user, system } = process.cpuUsage()
  console.log(JSON.stringify([user + system, performance.eventLoopUtilization().active * 1e3]))
}
