import { expect, it } from 'vitest'
import { lines, log } from './support/log.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

it('withRequestId gives the id to all that runs within, and to nothing else', async () => {
  const { out } = await log(`
    const log = core.createLogger('m', { a: 1 })
    const result = await core.withRequestId('one', async () => {
      log.info('1')
      await pause(5)
      core.withRequestId('two', () => log.info('2'))
      await Promise.all([new Promise((resolve) => setImmediate(() => resolve(log.info('3')))), pause(1)])
      core.createRequestLogger('own').info('4')
      return 'result'
    })
    log.info(result)`)
  expect(lines(out).map(({ message, requestId }) => [message, requestId])).toEqual([['1', 'one'], ['2', 'two'], ['3', 'one'], ['4', 'own'], ['result', undefined]])
})

it('assignRequestId takes a clean X-Request-Id, makes a UUID of any other, and answers with it', async () => {
  const { out } = await log(`
    import express from 'express'
    const app = express()
    app.use(core.assignRequestId)
    app.use(express.json())
    app.post('/', async (request, response) => { await pause(2); core.logger.info('served', { at: request.body.at }); response.json({}) })
    const server = app.listen(0, '127.0.0.1', async () => {
      const given = ['01JD3Z-a.b_c', undefined, '', '078-05-1120', 'jane.doe@example.org', 'a b', 'x'.repeat(129), '{"a":1}']
      await Promise.all(given.map(async (id, at) => {
        const headers = { 'content-type': 'application/json', ...(id === undefined ? {} : { 'x-request-id': id }) }
        const answer = await fetch('http://127.0.0.1:' + server.address().port, { method: 'POST', headers, body: JSON.stringify({ at }) })
        core.createLogger('client').info('answered', { at, id: answer.headers.get('x-request-id') })
      }))
      server.closeAllConnections()
      server.close()
    })`, { ROS_MODE: 'LIVE' })
  const all = lines(out)
  for (let at = 0; at < 8; at += 1) {
    const served = all.find(({ message, context }) => message === 'served' && context!.at === at)!
    const answered = all.find(({ message, context }) => message === 'answered' && context!.at === at)!
    expect(answered.context!.id).toBe(served.requestId)
    expect(served.requestId).toMatch(at === 0 ? /^01JD3Z-a\.b_c$/ : UUID)
  }
})
