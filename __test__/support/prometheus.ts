import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from './ports.ts'
import { findProgram, startProgram } from './process.ts'
import { tempDirectory } from './temp.ts'

const INSTALL = 'apt-get install -y prometheus'

export const promtool = (): string => findProgram('promtool', INSTALL)

export interface Series {
  metric: Record<string, string>
  value: [number, string]
}

export interface Prometheus {
  /** The answer of an instant query. */
  query(expression: string): Promise<Series[]>
  /** What fires now, by its labels. */
  firing(): Promise<Record<string, string>[]>
  stop(): Promise<void>
}

/** A real Prometheus on loopback with this configuration. */
export async function startPrometheus(configuration: string): Promise<Prometheus> {
  const directory = tempDirectory('prometheus')
  const port = await freePort()
  writeFileSync(join(directory, 'prometheus.yml'), configuration)
  const program = await startProgram(findProgram('prometheus', INSTALL), {
    cwd: directory,
    args: [`--config.file=${directory}/prometheus.yml`, `--storage.tsdb.path=${directory}/data`, `--web.listen-address=127.0.0.1:${port}`],
    ready: /Server is ready to receive web requests/,
    readyTimeoutMs: 30_000,
  })
  const ask = async (path: string): Promise<never> => {
    const answer = (await (await fetch(`http://127.0.0.1:${port}/api/v1/${path}`)).json()) as { status: string; error?: string; data: never }
    if (answer.status !== 'success') throw new Error(`${path}: ${answer.error}`)
    return answer.data
  }
  return {
    query: async (expression) => ((await ask(`query?query=${encodeURIComponent(expression)}`)) as { result: Series[] }).result,
    async firing() {
      const { alerts } = (await ask('alerts')) as { alerts: { state: string; labels: Record<string, string> }[] }
      return alerts.filter(({ state }) => state === 'firing').map(({ labels }) => labels)
    },
    stop: () => program.stop(),
  }
}
