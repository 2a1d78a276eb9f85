/** One contender of `probe.mjs`, which answers in this process. */
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { peerChecks } from './peer-checks.mjs'

const contenders = {
  async core() {
    const { createReadiness, startProbeServer } = await import('../index.js')
    const { DATABASE_URL, WORKER_CALLBACK_URL } = process.env
    const readiness = createReadiness({ db: DATABASE_URL ?? false, worker: WORKER_CALLBACK_URL ?? false })
    return (await startProbeServer({ port: 0, readiness })).port
  },
  async peer() {
    const [{ default: express }, { createTerminus }, { createServer }] = await Promise.all([
      import('express'),
      import('@godaddy/terminus'),
      import('node:http'),
    ])
    const server = createServer(express())
    const { check } = await peerChecks(process.env)
    const ready = async () => {
      if (!(await check())) throw new Error('a service is not well')
      return { services: 'ok' }
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
