import { readdirSync, readFileSync } from 'node:fs'

export interface Usage {
  files: number
  threads: number
  residentBytes: number
}

/** What a process holds now: open descriptors, threads and resident memory. */
export function usageOf(pid: number | 'self' = 'self'): Usage {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const resident = /^VmRSS:\s+(\d+) kB$/m.exec(status)
  return {
    files: readdirSync(`/proc/${pid}/fd`).length,
    threads: readdirSync(`/proc/${pid}/task`).length,
    residentBytes: Number(resident?.[1] ?? 0) * 1024,
  }
}

/** How many clients of this machine are connected to a port of 127.0.0.1, as the kernel sees it. */
export function established(port: number): number {
  const remote = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`
  const lines = readFileSync('/proc/net/tcp', 'utf8').split('\n')
  // The columns: number, local address, remote address, state; 01 is ESTABLISHED. The kernel shows a
  // line twice when another is removed while it is read.
  const clients = lines.map((line) => line.trim().split(/\s+/)).filter(([, , to, state]) => to === remote && state === '01')
  return new Set(clients.map(([, from]) => from)).size
}
