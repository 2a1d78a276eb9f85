import { execFileSync } from 'node:child_process'
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { type Conversation, startConversation } from './conversation.ts'
import { findProgram } from './process.ts'
import { tempDirectory } from './temp.ts'

/** How a program ended, and what it printed. */
export interface Ran {
  code: number | string
  text: string
}

/** What the binding says of the kernel level. */
export interface Guard {
  state: string
  landlockAbi: number
  verified: string[]
  gaps: string[]
  refused: number
}

export const FIXTURES = join(import.meta.dirname, 'fixtures')

/** A process that is put under the kernel level and then tries to get out, run by `prefix`. */
export function startKernelChild(prefix: string[], env: NodeJS.ProcessEnv): Promise<Conversation> {
  return startConversation([...prefix, process.execPath, join(FIXTURES, 'kernel-child.mjs')], env)
}

/** The program that tries one way out by system calls alone. */
export function compileWaysOut(): string {
  const file = join(tempDirectory('ways-out'), 'ways-out')
  execFileSync(findProgram('gcc', 'apt-get install -y gcc'), ['-O1', '-Wall', '-Werror', '-o', file, join(FIXTURES, 'ways-out.c'), '-lpthread'])
  chmodSync(join(file, '..'), 0o755)
  return file
}
