'use strict'

const { execFile } = require('node:child_process')
const { join } = require('node:path')
const { currentMode } = require('../mode.js')
const { checkOnce } = require('../readiness.js')
const { adviceFor } = require('./advice.js')
const { BLOCKED, MODES } = require('./mode.js')
const { wrongSettings } = require('./settings.js')

const SERVICES = { db: 'DATABASE_URL', redis: 'REDIS_URL', worker: 'WORKER_CALLBACK_URL' }

const GUARD_MS = 20_000

/**
 * `{ topic, name, state, text, advice? }`: `good`, `warn` for what may be meant, `bad` for what is
 * wrong.
 */
async function run({ json }, output) {
  const work = Promise.all([configuration(), services(), guard()])
  const findings = (await output.spinner('looking around', work)).flat()
  if (json) output.line(JSON.stringify({ findings }))
  else show(findings, output)
  return findings.every(({ state }) => state !== 'bad')
}

function show(findings, output) {
  let topic
  for (const finding of findings) {
    if (finding.topic !== topic) {
      if (topic !== undefined) output.line()
      topic = finding.topic
      output.line(output.paint('bold', topic))
    }
    output.line(`  ${output.sign(finding.state)} ${finding.name}: ${finding.text}`)
    if (finding.advice !== undefined) output.line(output.paint('dim', `      → ${finding.advice}`))
  }
  const wrong = findings.filter(({ state }) => state === 'bad').length
  const toMend = findings.filter(({ state }) => state === 'warn').length
  output.line()
  output.line(wrong === 0 ? `Nothing is wrong${toMend === 0 ? '' : ', but look at what is marked with !'}.` : `${wrong} ${wrong === 1 ? 'thing is' : 'things are'} wrong.`)
}

function configuration() {
  const topic = 'configuration'
  const { mode, source, blockReason, warnings } = currentMode()
  const findings = [
    { topic, name: 'mode', state: 'good', text: `${mode}: ${MODES[mode]}` },
    {
      topic,
      name: 'network',
      state: 'good',
      text: blockReason === null ? 'open' : `blocked: ${BLOCKED[blockReason]}`,
    },
    ...warnings.map((text) => ({ topic, name: 'to mend', state: source === 'default' ? 'warn' : 'bad', text })),
  ]
  for (const name of Object.values(SERVICES)) {
    const isSet = Boolean(process.env[name])
    findings.push({
      topic,
      name,
      state: isSet ? 'good' : 'warn',
      text: isSet ? 'set' : 'not set',
      ...(!isSet && { advice: 'set it, or leave the check out where the service is not used' }),
    })
  }
  return [...findings, ...wrongSettings().map((finding) => ({ topic, ...finding }))]
}

async function services() {
  const used = Object.entries(SERVICES).filter(([, variable]) => process.env[variable])
  // What is not set has been said above.
  const unused = Object.fromEntries(Object.keys(SERVICES).filter((name) => !used.some(([each]) => each === name)).map((name) => [name, false]))
  const { checks, details } = await checkOnce(unused)
  return Object.entries(checks).map(([name, outcome]) => {
    const { latencyMs } = details[name]
    const advice = adviceFor(outcome)
    return {
      topic: 'services',
      name,
      state: outcome === 'ok' ? 'good' : outcome === 'blocked' ? 'warn' : 'bad',
      text: latencyMs === null ? outcome : `${outcome}, in ${latencyMs.toFixed(1)} ms`,
      ...(advice !== undefined && { advice }),
    }
  })
}

/** The guard cannot be taken back, so each level is tried by a process that then ends. */
async function guard() {
  const [byProcess, byKernel] = await Promise.all(['process', 'kernel'].map(tryGuard))
  return [
    finding('level process', byProcess, 'use Node.js 20, 22 or 24 as it is released'),
    finding('level kernel', byKernel, 'needs Linux 6.7 or later with Landlock and seccomp, and a container that lets them be used; level process holds meanwhile'),
  ]

  function finding(name, { verified, error }, advice) {
    const topic = 'egress guard'
    if (error !== undefined) return { topic, name, state: 'warn', text: `cannot be reached: ${error}`, advice }
    return { topic, name, state: 'good', text: `can be reached: ${verified} ways out were tried, and are held` }
  }
}

function tryGuard(level) {
  const code = `
    const { installEgressGuard } = require(${JSON.stringify(join(__dirname, '..', '..', 'index.js'))})
    let found
    try {
      found = { verified: installEgressGuard({ enforce: ${JSON.stringify(level)} }).verified.length }
    } catch (error) {
      found = { error: error.message }
    }
    process.stdout.write('\\n' + JSON.stringify(found))`
  // A blocked mode, in which the kernel level is put in force and not only armed.
  // Only the trial's own line is to come.
  const env = { ...process.env, ROS_MODE: 'STANDBY', ROS_MODE_FILE: '', LOG_LEVEL: 'silent' }
  return new Promise((resolve) => {
    execFile(process.execPath, ['-e', code], { env, timeout: GUARD_MS }, (error, stdout) => {
      const last = stdout.split('\n').at(-1)
      resolve(error === null && last.startsWith('{') ? JSON.parse(last) : { error: 'the trial did not end well' })
    })
  })
}

module.exports = { run }
