'use strict'

const { createLogger } = require('../logger.js')

module.exports = createLogger('egress-guard')
