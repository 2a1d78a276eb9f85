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
