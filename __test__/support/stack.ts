import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, parseAllDocuments } from 'yaml'
import { findProgram } from './process.ts'

export const ROOT = join(import.meta.dirname, '..', '..')
export const STACK = join(ROOT, 'stack')

/** The variables that decide what the stack may do. */
export const MODE_VARIABLES = ['ROS_MODE', 'GOVERNANCE_MODE', 'NO_NETWORK', 'MOCK_ONLY', 'ALLOW_UPLOADS', 'STRICT_PHI_ON_UPLOAD', 'EGRESS_ALLOW']

/** Runs one of the checkers in .venv; its output is in the error where it finds something. */
export function check(program: string, args: string[], cwd = STACK): string {
  return execFileSync(findProgram(program, 'make setup', [join(ROOT, '.venv', 'bin')]), args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}

/** The files of the repository whose path the pattern matches, from the root. */
export function filesOfRepository(...patterns: string[]): string[] {
  const list = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z', '--', ...patterns], { cwd: ROOT, encoding: 'utf8' })
  return list.split('\0').filter(Boolean)
}

/** A Compose file, with its merge keys resolved. */
export function compose(name: string): Record<string, any> {
  return parse(readFileSync(join(STACK, name), 'utf8'), { merge: true })
}

/** Replaces `${NAME}`, `${NAME:-default}` and `${NAME:?message}` as Compose does. */
export function interpolate(text: string, env: Record<string, string>): string {
  return text.replaceAll('$$', '\0').replace(/\$\{(\w+)(?:(:-|:\?)([^}]*))?\}/g, (_all, name: string, how: string | undefined, rest: string) => {
    const value = env[name]
    if (value !== undefined && value !== '') return value
    if (how === ':?') throw new Error(`${name} is required: ${rest}`)
    return how === ':-' ? rest : ''
  }).replaceAll('\0', '$')
}

export function interpolated(values: Record<string, string>, env: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, interpolate(String(value), env)]))
}

export interface Resource extends Record<string, any> {
  kind: string
  metadata: { name: string; namespace?: string; labels?: Record<string, string> }
}

/** What `kubectl apply -k` would send, as text. */
export function build(overlay: string): string {
  return check('kubectl', ['kustomize', join(STACK, 'infrastructure', 'kubernetes', 'overlays', overlay)])
}

export function resources(built: string): Resource[] {
  return parseAllDocuments(built).map((document) => document.toJS() as Resource)
}

/** The pod template of whatever makes pods. */
export function podOf(resource: Resource): Record<string, any> {
  return resource.kind === 'CronJob' ? resource.spec.jobTemplate.spec.template : resource.spec.template
}
