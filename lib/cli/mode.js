'use strict'

const { currentMode } = require('../mode.js')

/** The inputs of the mode, the first that is set decides. */
const INPUTS = ['ROS_MODE_FILE', 'ROS_MODE', 'GOVERNANCE_MODE']

const SOURCES = { file: 'ROS_MODE_FILE', ROS_MODE: 'ROS_MODE', GOVERNANCE_MODE: 'GOVERNANCE_MODE' }

const MODES = {
  LIVE: 'real data, real AI and exports are allowed, behind a login',
  DEMO: 'no real AI and no real data',
  STANDBY: 'locked: only status and configuration may be read',
}

const BLOCKED = {
  standby_mode: 'the mode is STANDBY',
  no_network: 'NO_NETWORK is on',
  mock_only: 'MOCK_ONLY is on',
  mode_unset: 'no mode is set',
}

async function run({ json }, output) {
  const snapshot = currentMode()
  if (json) output.line(JSON.stringify(snapshot))
  else show(snapshot, output)
  return snapshot.warnings.length === 0
}

function show(snapshot, output) {
  const { mode, source, blockReason, allowUploads, strictPhiOnUpload, warnings } = snapshot
  output.line(output.paint('bold', mode))
  const onOff = (value) => (value ? 'on' : 'off')
  output.table(
    [
      ['means', MODES[mode]],
      ['decided by', source === 'default' ? 'nothing: no variable is set' : SOURCES[source]],
      ...overridden(source).map((name) => ['not asked', `${name}, which is set too`]),
      ['network', blockReason === null ? 'open' : `blocked: ${BLOCKED[blockReason]}`],
      ['ALLOW_UPLOADS', onOff(allowUploads)],
      ['STRICT_PHI_ON_UPLOAD', onOff(strictPhiOnUpload)],
    ],
    ['dim'],
  )
  for (const warning of warnings) output.line(`${output.sign('warn')} ${warning}`)
}

/** What is set, and stands behind what decided. */
function overridden(source) {
  const behind = INPUTS.slice(INPUTS.indexOf(SOURCES[source]) + 1)
  return source === 'default' ? [] : behind.filter((name) => process.env[name])
}

module.exports = { BLOCKED, MODES, run }
