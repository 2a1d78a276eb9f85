/** What a program asks without this package: `pg`, `ioredis` and `fetch` over kept connections, each where its URL is set. */
export async function peerChecks({ DATABASE_URL, REDIS_URL, WORKER_CALLBACK_URL }) {
  const [checks, ends] = [[], []]
  if (DATABASE_URL) {
    const { default: pg } = await import('pg')
    const pool = new pg.Pool({ connectionString: DATABASE_URL })
    checks.push(async () => (await pool.query('SELECT 1 AS one')).rows[0].one === 1)
    ends.push(() => pool.end())
  }
  if (REDIS_URL) {
    const { default: Redis } = await import('ioredis')
    const redis = new Redis(REDIS_URL)
    checks.push(async () => (await redis.ping()) === 'PONG')
    ends.push(() => redis.disconnect())
  }
  if (WORKER_CALLBACK_URL) {
    const health = `${WORKER_CALLBACK_URL}/health`
    checks.push(async () => {
      const response = await fetch(health, { redirect: 'error', signal: AbortSignal.timeout(2_000) })
      // The body is read, so that the connection can be kept.
      await response.text()
      return response.ok
    })
  }
  return {
    check: async () => (await Promise.all(checks.map((check) => check()))).every(Boolean),
    close: () => Promise.all(ends.map((end) => end())),
  }
}
