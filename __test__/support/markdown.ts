import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { filesOfRepository, ROOT } from './stack.ts'

export interface Page {
  path: string
  text: string
}

export interface ShellBlock {
  /** Where it begins. */
  line: number
  code: string
  runnable: boolean
}

/** The pages for readers: all Markdown but what packages bring along. */
export function pages(): Page[] {
  return filesOfRepository('*.md').map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }))
}

/** What stands between ```sh fences. Those that say `sh run` are meant to be run as they stand. */
export function shellBlocks({ text }: Page): ShellBlock[] {
  return [...text.matchAll(/^( *)```sh( run)?\n(.*?)^\1```$/gms)].map(({ index, 1: indent, 2: run, 3: code }) => ({
    line: text.slice(0, index).split('\n').length,
    code: code!.replace(new RegExp(`^${indent}`, 'gm'), ''),
    runnable: run !== undefined,
  }))
}

/** The text without its fenced blocks. */
export function prose({ text }: Page): string {
  return text.replace(/^( *)```.*?^\1```$/gms, '')
}

/** The anchors that GitHub gives the headings. */
export function anchors(page: Page): string[] {
  return [...prose(page).matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading!.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-'),
  )
}
