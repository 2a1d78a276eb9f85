/** What happens to the program and around it, one at a time: each lasts a moment and is taken back. */
import { renameSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { hang, startWorker } from '../../__test__/support/worker.ts'

const BUSY_MS = 1_000

export function setMode(file, word) {
  writeFileSync(`${file}.new`, word)
  renameSync(`${file}.new`, file)
}

/** `worker` is started here, since another takes its place again and again. */
export async function disturbances({ postgres, redis, program, modeFile }) {
  let worker = await startWorker()
  const { port } = worker
  const replaceWorker = async (answer) => {
    await worker.stop()
    worker = await startWorker(answer, { port })
  }
  const all = {
    'Postgres killed and restarted': [() => postgres.kill(), () => postgres.restart()],
    'Postgres frozen': [() => postgres.freeze(), () => postgres.thaw()],
    'Redis killed and restarted': [() => redis.kill(), () => redis.restart()],
    'Redis frozen': [() => redis.freeze(), () => redis.thaw()],
    'worker gone': [() => worker.stop(), async () => (worker = await startWorker(undefined, { port }))],
    'worker hanging': [() => replaceWorker(hang), () => replaceWorker(undefined)],
    'STANDBY by the mode file': [() => setMode(modeFile, 'STANDBY'), () => setMode(modeFile, 'LIVE')],
    'reader of the log standing still': [() => program().stdout.pause(), () => program().stdout.resume()],
    [`event loop busy for ${BUSY_MS} ms`]: [() => program().send({ busyMs: BUSY_MS }), () => sleep(BUSY_MS)],
  }
  return { names: Object.keys(all), port, disturb, stop: () => worker.stop() }

  async function disturb(name) {
    const [begin, end] = all[name]
    await begin()
    await pause()
    await end()
  }
}

export function pause() {
  return sleep(200 + Math.random() * 1_500)
}
