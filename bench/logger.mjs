import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
const CONTENDER = fileURLToPath(new URL('logger-contender.mjs', import.meta.url))
export async function measure(contender, lines, destination) {
  const reader = destination === 'pipe' ? spawn('cat', { stdio: ['pipe', 'ignore', 'inherit'] }) : undefined
  const out = destination === 'pipe' ? reader.stdin : openSync('/dev/null', 'w')
  const child = spawn(process.execPath, [CONTENDER, contender, `${lines}`], { stdio: ['ignore', out, 'inherit', 'pipe'] })
  let text = ''
  child.stdio[3].on('data', (c) => (text += c))
  reader?.stdin.destroy()
  await once(child, 'close')
  return JSON.parse(text)
}
for (const d of ['null', 'pipe']) for (let r = 0; r < 3; r++) for (const c of ['core', 'pino', 'pino-redact']) { const m = await measure(c, 200_000, d); console.log(d, c, m) }
