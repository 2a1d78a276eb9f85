import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { currentMode } from '../index.js'
import { startBackup } from './support/db-backup.ts'
import { get } from './support/http.ts'
import { buildOrchestrator, type Running, startOrchestratorImage, startWorkerImage } from './support/image.ts'
import { clearMode } from './support/mode.ts'
import { startPostgres } from './support/postgres.ts'
import { startRedis } from './support/redis.ts'
import { build, check, filesOfRepository, MODE_VARIABLES, podOf, type Resource, resources, ROOT, STACK } from './support/stack.ts'
import { tempDirectory } from './support/temp.ts'

const OVERLAYS = ['dev', 'staging', 'production'] as const
const APPLICATIONS = ['orchestrator', 'worker']
type Overlay = (typeof OVERLAYS)[number]
const built = Object.fromEntries(OVERLAYS.map((overlay) => [overlay, build(overlay)])) as Record<Overlay, string>
const parsed = Object.fromEntries(OVERLAYS.map((overlay) => [overlay, resources(built[overlay])])) as Record<Overlay, Resource[]>

/** The one resource of that kind whose name is this, or this and a hash. */
function find(overlay: Overlay, kind: string, name: string): Resource {
  const found = parsed[overlay].filter((one) => one.kind === kind && new RegExp(`^${name}(-[a-z0-9]{10})?$`).test(one.metadata.name))
  expect(found).toHaveLength(1)
  return found[0]!
}

const withPods = (overlay: Overlay) => parsed[overlay].filter(({ kind }) => ['Deployment', 'StatefulSet', 'CronJob'].includes(kind))

/** The container's environment, as the kubelet puts it together; secrets are left out. */
function environment(overlay: Overlay, name: string): Record<string, string> {
  const [container] = podOf(find(overlay, 'Deployment', name)).spec.containers
  const from = container.envFrom.map((source: any) => find(overlay, 'ConfigMap', source.configMapRef.name).data)
  const own = container.env.filter((one: any) => one.value !== undefined).map((one: any) => [one.name, one.value])
  return Object.assign({}, ...from, Object.fromEntries(own))
}

it.each(['1.29', '1.37'])('all overlays keep to the schemas of Kubernetes %s', (version) => {
  const folder = tempDirectory('built')
  const files = OVERLAYS.map((overlay) => join(folder, overlay))
  for (const [index, overlay] of OVERLAYS.entries()) writeFileSync(files[index]!, built[overlay])
  check('kubernetes-validate', ['--strict', '--quiet', '--kubernetes-version', version, ...files])
})

describe.each(OVERLAYS)('the overlay %s', (overlay) => {
  it('stays in its own namespace, which admits restricted pods only', () => {
    for (const resource of parsed[overlay]) {
      if (resource.kind === 'Namespace') expect(resource.metadata.name).toBe(`researchflow-${overlay}`)
      else expect(resource.metadata.namespace).toBe(`researchflow-${overlay}`)
    }
    expect(find(overlay, 'Namespace', `researchflow-${overlay}`).metadata.labels).toMatchObject({ 'pod-security.kubernetes.io/enforce': 'restricted' })
  })

  it('holds no secret, and refers to no key that the example has not', () => {
    expect(parsed[overlay].map(({ kind }) => kind)).not.toContain('Secret')
    const example = readFileSync(join(STACK, 'infrastructure/kubernetes/secrets.env.example'), 'utf8')
    for (const [, key] of built[overlay].matchAll(/secretKeyRef:\n\s+key: (\w+)/g)) expect(example).toMatch(new RegExp(`^${key}=`, 'm'))
    for (const key of ['POSTGRES_PASSWORD', 'DATABASE_URL', 'REDIS_PASSWORD', 'REDIS_URL', 'JWT_SECRET']) expect(example).toMatch(new RegExp(`^${key}=$`, 'm'))
  })

  it('gives every application the secrets that it uses, by name, and no others', () => {
    const secrets = (name: string) => podOf(find(overlay, 'Deployment', name)).spec.containers[0].env.filter((one: any) => one.valueFrom).map((one: any) => {
      expect(one.valueFrom.secretKeyRef).toMatchObject({ name: 'researchflow-secrets', key: one.name })
      return one.name
    })
    expect(secrets('orchestrator').sort()).toEqual(['ANTHROPIC_API_KEY', 'DATABASE_URL', 'JWT_SECRET', 'OPENAI_API_KEY', 'REDIS_URL'])
    expect(secrets('worker').sort()).toEqual(['ANTHROPIC_API_KEY', 'DATABASE_URL', 'OPENAI_API_KEY', 'REDIS_URL'])
    expect(built[overlay]).not.toContain('secretRef:')
  })

  it('lets Postgres recover for as long as it takes, and sends it nobody meanwhile', () => {
    const [container] = podOf(find(overlay, 'StatefulSet', 'postgres')).spec.containers
    // In a recovery the port is open and pg_isready fails.
    for (const probe of ['startupProbe', 'livenessProbe']) expect(container[probe]).toMatchObject({ tcpSocket: { port: 'postgres' } })
    expect(container.readinessProbe.exec.command.at(-1)).toContain('pg_isready')
  })

  it('gives every application every variable of the mode', () => {
    for (const name of APPLICATIONS) expect(Object.keys(environment(overlay, name))).toEqual(expect.arrayContaining([...MODE_VARIABLES, 'ROS_MODE_FILE']))
  })

  it('mounts the mode as a directory that follows an edit', () => {
    const map = parsed[overlay].find(({ metadata }) => metadata.name === 'researchflow-mode')
    expect(map).toMatchObject({ kind: 'ConfigMap', data: { ROS_MODE: overlay === 'production' ? 'LIVE' : 'DEMO' } })
    for (const name of APPLICATIONS) {
      const { spec } = podOf(find(overlay, 'Deployment', name))
      const mount = spec.containers[0].volumeMounts.find((one: any) => one.name === 'mode')
      expect(mount).toEqual({ name: 'mode', mountPath: '/etc/researchflow/mode', readOnly: true })
      expect(spec.volumes.find((one: any) => one.name === 'mode')).toEqual({ name: 'mode', configMap: { name: 'researchflow-mode' } })
      expect(environment(overlay, name).ROS_MODE_FILE).toBe('/etc/researchflow/mode/ROS_MODE')
    }
  })

  it('lets every pod do as little as a restricted pod may', () => {
    for (const resource of withPods(overlay)) {
      const { spec } = podOf(resource)
      expect(spec).toMatchObject({ automountServiceAccountToken: false, enableServiceLinks: false, serviceAccountName: 'researchflow' })
      expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } })
      expect(spec.securityContext.runAsUser).toBeGreaterThan(0)
      for (const container of [...spec.containers, ...(spec.initContainers ?? [])]) {
        expect(container.securityContext).toEqual({ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } })
        expect(container.resources).toMatchObject({ requests: { cpu: expect.any(String), memory: expect.any(String) }, limits: { memory: expect.any(String) } })
      }
    }
  })

  it('opens to the network what EGRESS_ALLOW names, and nothing else', () => {
    const policies = parsed[overlay].filter(({ kind }) => kind === 'NetworkPolicy')
    expect(find(overlay, 'NetworkPolicy', 'default-deny').spec).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] })
    const internal = find(overlay, 'NetworkPolicy', 'allow-internal').spec.egress.map(
      ({ to, ports }: any) => `${to[0].podSelector.matchLabels['app.kubernetes.io/component']}:${ports[0].port}`,
    )
    for (const name of APPLICATIONS) expect(internal).toEqual(environment(overlay, name).EGRESS_ALLOW!.split(','))
    const selects = ({ spec }: Resource) => JSON.stringify(spec.podSelector)
    const outward = policies.filter((one) => one.spec.egress !== undefined && APPLICATIONS.some((name) => selects(one).includes(name)))
    expect(outward.map(({ metadata }) => metadata.name).sort()).toEqual(['allow-dns', 'allow-internal', ...(overlay === 'production' ? ['allow-ai-providers'] : [])].sort())
    // And the services that are named are there, on those ports.
    for (const entry of internal) {
      const [host, port] = entry.split(':')
      expect(find(overlay, 'Service', host).spec.ports[0].port).toBe(Number(port))
    }
  })

  it('gives a stop the time that it takes', () => {
    const closing = Number(/CLOSING_LIMIT_MS = ([\d_]+)/.exec(readFileSync(join(STACK, 'services/orchestrator/src/utils/shutdown.ts'), 'utf8'))![1]!.replaceAll('_', '')) / 1000
    const graceful = Number(/timeout_graceful_shutdown=(\d+)/.exec(readFileSync(join(STACK, 'services/worker/api_server.py'), 'utf8'))![1])
    const orchestrator = podOf(find(overlay, 'Deployment', 'orchestrator')).spec
    const worker = podOf(find(overlay, 'Deployment', 'worker')).spec
    const drain = Number(environment(overlay, 'orchestrator').DRAIN_MS) / 1000
    const pause = Number(worker.containers[0].lifecycle.preStop.exec.command[1])
    expect(drain).toBeGreaterThanOrEqual(5)
    expect(pause).toBeGreaterThanOrEqual(5)
    expect(orchestrator.terminationGracePeriodSeconds).toBeGreaterThan(drain + closing + 5)
    expect(worker.terminationGracePeriodSeconds).toBeGreaterThan(pause + graceful + 5)
  })

  it('keeps applications up through a drain of nodes, and does not stop it', () => {
    for (const name of APPLICATIONS) {
      expect(find(overlay, 'PodDisruptionBudget', name).spec).toMatchObject({ maxUnavailable: 1, selector: { matchLabels: { 'app.kubernetes.io/component': name } } })
      expect(podOf(find(overlay, 'Deployment', name)).metadata.labels).toMatchObject({ 'app.kubernetes.io/component': name })
    }
    if (overlay !== 'dev') for (const name of APPLICATIONS) expect(find(overlay, 'Deployment', name).spec.replicas).toBeGreaterThan(1)
  })
})

it('the manifests and the other YAML files are written as yamllint would have them', () => {
  check('yamllint', ['--strict', '-c', '.yamllint.yaml', ...filesOfRepository('stack/*.yaml', 'stack/*.yml')], ROOT)
})

it('the images are those that the Dockerfiles describe', () => {
  for (const name of APPLICATIONS) expect(podOf(find('production', 'Deployment', name)).spec.containers[0].image).toMatch(new RegExp(`^researchflow/${name}:v`))
})

describe('the pods of an overlay', () => {
  const running: Running[] = []
  beforeAll(() => buildOrchestrator())
  afterEach(async () => {
    clearMode()
    await Promise.all(running.splice(0).map(({ program }) => program.stop('SIGKILL')))
  })

  it.each([
    ['dev', { mode: 'DEMO', networkAllowed: false, blockReason: 'no_network' }],
    ['staging', { mode: 'DEMO', networkAllowed: false, blockReason: 'no_network' }],
    ['production', { mode: 'LIVE', networkAllowed: true, blockReason: null }],
  ] as const)('are, in %s, in the mode that the overlay says', (overlay, expected) => {
    for (const name of APPLICATIONS) {
      const mounted = mount(find(overlay, 'ConfigMap', 'researchflow-mode').data.ROS_MODE)
      Object.assign(process.env, environment(overlay, name), { ROS_MODE_FILE: mounted.file })
      expect(currentMode()).toMatchObject({ ...expected, source: 'file', warnings: [] })
      clearMode()
    }
  })

  it('answer all their probes, and follow an edit of the mode without a restart', async () => {
    const mounted = mount('LIVE')
    const [postgres, redis] = await Promise.all([startPostgres(), startRedis()])
    try {
      const own = { ROS_MODE_FILE: mounted.file, ARTIFACT_PATH: tempDirectory('artifacts'), DATABASE_URL: postgres.url(), REDIS_URL: redis.url }
      const worker = await startWorkerImage({ ...environment('production', 'worker'), ...own })
      const orchestrator = await startOrchestratorImage({ ...environment('production', 'orchestrator'), ...own, WORKER_CALLBACK_URL: `http://127.0.0.1:${worker.port}` })
      running.push(orchestrator, worker)
      const all = [['orchestrator', orchestrator], ['worker', worker]] as const
      const ask = async () => Promise.all(all.map(async ([name, { ports }]) => {
        const [container] = podOf(find('production', 'Deployment', name)).spec.containers
        const answers = ['startupProbe', 'livenessProbe', 'readinessProbe'].map(async (probe) => {
          expect(container.ports).toContainEqual(expect.objectContaining({ name: container[probe].httpGet.port }))
          return get(ports[container[probe].httpGet.port]!, container[probe].httpGet.path)
        })
        return (await Promise.all(answers)).map(({ status, body }) => `${status} ${JSON.parse(body).mode.ros_mode}`)
      }))
      expect(await ask()).toEqual([Array(3).fill('200 LIVE'), Array(3).fill('200 LIVE')])
      mounted.edit('STANDBY')
      await expect.poll(ask, { timeout: 1_000, interval: 50 }).toEqual([Array(3).fill('200 STANDBY'), Array(3).fill('200 STANDBY')])
      expect(all.map(([, { program }]) => program.hasExited())).toEqual([false, false])
    } finally {
      await Promise.all([postgres.stop(), redis.stop()])
    }
  })

  it('go on serving after SIGTERM, not ready, and are gone within their grace period', async () => {
    const orchestrator = await startOrchestratorImage({ ...environment('production', 'orchestrator'), ROS_MODE_FILE: mount('STANDBY').file })
    running.push(orchestrator)
    const began = Date.now()
    orchestrator.program.child.kill('SIGTERM')
    await expect.poll(async () => (await get(orchestrator.port, '/health/ready')).status, { timeout: 1_000, interval: 20 }).toBe(503)
    expect((await get(orchestrator.port, '/api/status')).status).toBe(200)
    expect(await orchestrator.program.exited).toEqual({ code: 0, signal: null })
    const { terminationGracePeriodSeconds } = podOf(find('production', 'Deployment', 'orchestrator')).spec
    expect(Date.now() - began).toBeGreaterThanOrEqual(5_000)
    expect(Date.now() - began).toBeLessThan(terminationGracePeriodSeconds * 1_000)
  })
})

describe('the jobs of production', () => {
  const job = (name: string) => find('production', 'CronJob', name)

  /** Runs what the pod runs, with its environment, in folders of this machine. */
  async function runJob(name: string, env: Record<string, string>): Promise<string> {
    const [container] = podOf(job(name)).spec.containers
    const [shell, script, ...commands] = container.command
    expect([shell, script]).toEqual(['sh', '/scripts/db-backup.sh'])
    const own = Object.fromEntries(container.env.filter((one: any) => one.value !== undefined).map((one: any) => [one.name, one.value]))
    const { code, stdout, stderr } = await startBackup(commands, { ...own, ...env, TMPDIR: tempDirectory('job') }).ended
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    return stdout
  }

  it('run the very script that Compose runs', () => {
    const script = readFileSync(join(STACK, 'scripts', 'db-backup.sh'), 'utf8')
    expect(find('production', 'ConfigMap', 'db-backup-script').data).toEqual({ 'db-backup.sh': script })
    for (const name of ['db-backup', 'db-restore-drill']) {
      const { spec } = podOf(job(name))
      expect(spec.volumes.find((one: any) => one.name === 'scripts').configMap.name).toBe(find('production', 'ConfigMap', 'db-backup-script').metadata.name)
    }
  })

  it('back up one server and prove the backup on another, which asks for no password', async () => {
    const BACKUP_DIR = tempDirectory('job-backups')
    const password = join(tempDirectory('job-secret'), 'POSTGRES_PASSWORD')
    const [server, scratch] = await Promise.all([startPostgres(), startPostgres()])
    try {
      await server.admin('ALTER ROLE ros SUPERUSER')
      writeFileSync(password, server.password)
      const at = { BACKUP_DIR, PGHOST: server.host, PGPORT: String(server.port), PGUSER: server.user, PGDATABASE: server.database, POSTGRES_PASSWORD_FILE: password }
      expect(await runJob('db-backup', at)).toMatch(/^db-backup: wrote backup_\S+\.dump: .*\ndb-backup: removed 0 older than 30 days; /)
      expect(await runJob('db-restore-drill', { BACKUP_DIR, PGHOST: scratch.socketDir, PGPORT: String(scratch.port) })).toMatch(/ restores: 0 rows in 0 tables, the same as when it was dumped\n$/)
    } finally {
      await Promise.all([server.stop(), scratch.stop()])
    }
  })

  it('give a restore its job, which belongs to no CronJob', () => {
    const page = readFileSync(join(ROOT, 'docs/operations/BACKUPS_AND_RESTORE.md'), 'utf8')
    const [, program] = /jq '(del[^']+)'/.exec(page)!
    const { jobTemplate } = job('db-backup').spec
    // As kubectl makes it from a CronJob.
    const made = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'db-restore', ownerReferences: [{ apiVersion: 'batch/v1', kind: 'CronJob', name: 'db-backup', uid: 'x', controller: true }] }, spec: jobTemplate.spec }
    const restore = JSON.parse(execFileSync('jq', [program!], { input: JSON.stringify(made), encoding: 'utf8' }))
    expect(restore.metadata).toEqual({ name: 'db-restore' })
    const [before] = jobTemplate.spec.template.spec.containers
    const [container] = restore.spec.template.spec.containers
    expect(container).toEqual({ ...before, command: ['sh', '/scripts/db-backup.sh', 'restore'], env: [...before.env, { name: 'CONFIRM', value: 'yes' }, { name: 'BACKUP_FILE', value: expect.stringMatching(/^backup_\d{8}_\d{6}\.dump$/) }] })
    const file = join(tempDirectory('restore-job'), 'job.json')
    writeFileSync(file, JSON.stringify(restore))
    check('kubernetes-validate', ['--strict', '--quiet', '--kubernetes-version', '1.29', file])
  })

  it('never overlap, do not repeat a failure, and end in time', () => {
    for (const name of ['db-backup', 'db-restore-drill']) {
      const { spec } = job(name)
      expect(spec).toMatchObject({ concurrencyPolicy: 'Forbid', timeZone: 'Etc/UTC', jobTemplate: { spec: { backoffLimit: 0, activeDeadlineSeconds: expect.any(Number) } } })
      expect(podOf(job(name)).spec.restartPolicy).toBe('Never')
    }
    expect([job('db-backup').spec.schedule, job('db-restore-drill').spec.schedule]).toEqual(['0 2 * * *', '0 8 * * 0'])
  })

  it('are watched by rules that promtool has tried', () => {
    const folder = join(STACK, 'infrastructure', 'monitoring')
    check('promtool', ['check', 'rules', 'backup-alerts.yml'], folder)
    expect(check('promtool', ['test', 'rules', 'backup-alerts.test.yml'], folder)).toContain('SUCCESS')
    const rules = readFileSync(join(folder, 'backup-alerts.yml'), 'utf8')
    for (const [, name] of rules.matchAll(/cronjob="([\w-]+)"/g)) expect(job(name!).kind).toBe('CronJob')
  })
})

/** A mounted ConfigMap as the kubelet lays it out, and an edit of it as the kubelet brings it. */
function mount(mode: string): { file: string; edit: (mode: string) => void } {
  const folder = tempDirectory('mode-mount')
  let version = 0
  const edit = (word: string): void => {
    const data = `..${(version += 1)}`
    mkdirSync(join(folder, data))
    writeFileSync(join(folder, data, 'ROS_MODE'), word)
    symlinkSync(data, join(folder, '..data_tmp'))
    renameSync(join(folder, '..data_tmp'), join(folder, '..data'))
  }
  edit(mode)
  symlinkSync('..data/ROS_MODE', join(folder, 'ROS_MODE'))
  return { file: join(folder, 'ROS_MODE'), edit }
}
