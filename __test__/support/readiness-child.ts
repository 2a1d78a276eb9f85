import { join } from 'node:path'
import { type Conversation, startConversation } from './conversation.ts'

/** A Node process with the package loaded, in an environment of nothing but `env`. */
export async function startReadinessChild(env: NodeJS.ProcessEnv, options: { prefix?: string[]; nodeArgs?: string[] } = {}): Promise<Conversation> {
  const script = join(import.meta.dirname, 'fixtures', 'readiness-child.mjs')
  return startConversation([...(options.prefix ?? []), process.execPath, ...(options.nodeArgs ?? []), script], env)
}
