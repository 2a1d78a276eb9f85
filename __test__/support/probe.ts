import { join } from 'node:path'
import { get, type Answer } from './http.ts'
import { type Conversation, startConversation } from './conversation.ts'

export interface ProbeChild extends Conversation {
  port: number
  get(path: string, options?: Parameters<typeof get>[2]): Promise<Answer>
}

/** A process of its own with a probe server on a free port. */
export async function startProbe(setup: { env?: NodeJS.ProcessEnv; options?: object; probe?: object } = {}): Promise<ProbeChild> {
  const script = join(import.meta.dirname, 'fixtures', 'probe-child.mjs')
  const child = await startConversation([process.execPath, script], { ROS_MODE: 'LIVE', ...setup.env })
  const options = { db: false, redis: false, worker: false, cacheMs: 50, ...setup.options }
  const port = await child.ask<number>({ op: 'start', options, probe: setup.probe })
  return Object.assign(child, { port, get: (path: string, how?: Parameters<typeof get>[2]) => get(port, path, how) })
}

/** A metric of a page in Prometheus' text; NaN when it is not there. */
export function metric(page: string, series: string): number {
  const line = page.split('\n').find((each) => each.startsWith(`${series} `))
  return Number(line?.slice(series.length + 1) ?? NaN)
}
