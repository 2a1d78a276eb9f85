import { createInterface } from 'node:readline'
import { type Program, startProgram } from './process.ts'

/** A child process that answers each line of JSON on its standard input with one of its own. */
export interface Conversation {
  pid: number
  program: Program
  ask<T>(question: object): Promise<T>
  stop(): Promise<void>
}

/**
 * Starts a child that prints `{"ready":true,"pid":…}` first. It has to end when its standard input does,
 * so that none is left over where the kernel's parent-death signal does not reach.
 */
export async function startConversation(command: string[], env: NodeJS.ProcessEnv = {}): Promise<Conversation> {
  const [file, ...args] = command
  // sudo and `ip netns exec` are passed the environment as words.
  const words = Object.entries({ PATH: process.env.PATH, HOME: '/', ...env }).map(([name, value]) => `${name}=${value ?? ''}`)
  const at = args.indexOf(process.execPath)
  const program =
    file === process.execPath
      ? await startProgram('/usr/bin/env', { args: ['-i', ...words, file, ...args], stdin: true })
      : await startProgram(file!, { args: [...args.slice(0, at), '/usr/bin/env', '-i', ...words, ...args.slice(at)], stdin: true })

  const waiting: { resolve: (value: unknown) => void; reject: (error: Error) => void }[] = []
  const lines = createInterface({ input: program.child.stdout! })
  lines.on('line', (line) => {
    // What is not an answer stays in the program's output.
    if (!line.startsWith('{')) return
    const answer = JSON.parse(line) as { answer?: unknown; error?: string; ready?: true; pid?: number }
    const next = waiting.shift()
    if (answer.error !== undefined) next?.reject(new Error(answer.error))
    else next?.resolve(answer.ready === true ? answer.pid : answer.answer)
  })
  void program.exited.then(() => {
    for (const one of waiting.splice(0)) one.reject(new Error(`the child ended:\n${program.output()}`))
  })
  const answer = <T>(): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      if (program.hasExited()) reject(new Error(`the child has ended:\n${program.output()}`))
      else waiting.push({ resolve: resolve as (value: unknown) => void, reject })
    })
  const pid = await answer<number>()
  return {
    pid,
    program,
    ask<T>(question: object) {
      const answered = answer<T>()
      program.child.stdin!.write(`${JSON.stringify(question)}\n`)
      return answered
    },
    async stop() {
      program.child.stdin!.end()
      await program.stop()
    },
  }
}
