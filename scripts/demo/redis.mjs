import { mkdirSync } from 'node:fs'
import { connect } from 'node:net'
import { until } from './stop.mjs'

/** A Redis of its own with a password, kept in memory alone. */
export async function startRedis({ processes, workspace, signal }, { port, password }) {
  const directory = workspace.path('redis')
  mkdirSync(directory, { recursive: true })
  // Over standard input: a password among the arguments could be read by every user.
  const input = [
    'bind 127.0.0.1',
    `port ${port}`,
    `requirepass ${password}`,
    `dir ${JSON.stringify(directory)}`,
    'save ""',
    'appendonly no',
    '',
  ].join('\n')

  let program
  const start = async () => {
    program = processes.start('redis', 'redis-server', ['-'], { input })
    await until(() => answersPong(port, password), {
      program,
      what: () => 'Redis did not answer PONG',
      timeoutMs: 10_000,
      signal,
    })
  }
  await start()
  return {
    name: 'redis',
    port,
    url: `redis://:${encodeURIComponent(password)}@127.0.0.1:${port}`,
    kill: () => program.stop({ graceMs: 2_000, signal: 'SIGKILL' }),
    restart: start,
  }
}

function answersPong(port, password) {
  return new Promise((resolve) => {
    let reply = ''
    const socket = connect({ host: '127.0.0.1', port })
    const finish = () => {
      socket.destroy()
      resolve(reply === '+OK\r\n+PONG\r\n')
    }
    socket.setTimeout(1_000, finish)
    socket.on('error', finish)
    socket.on('end', finish)
    socket.on('connect', () => socket.write(`AUTH ${password}\r\nPING\r\n`))
    socket.on('data', (chunk) => {
      reply += chunk
      if (reply.endsWith('+PONG\r\n')) finish()
    })
  })
}
