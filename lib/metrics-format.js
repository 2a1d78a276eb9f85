'use strict'

/**
 * Which form of the metrics a request asks for: by `?format=`, or else by `Accept`, as RFC 9110
 * (12.5.1) weighs it.
 */

/** What there is to choose from; where a request likes two as well, the first of them. */
const OFFERS = [
  { format: 'json', type: 'application', subtype: 'json' },
  { format: 'prometheus', type: 'text', subtype: 'plain', version: '0.0.4' },
  { format: 'openmetrics', type: 'application', subtype: 'openmetrics-text', version: '1.0.0' },
]

const DEFAULT = OFFERS[0].format

/** The value of `?format=`; nothing when it is not there. */
function queriedFormat(url) {
  const at = url.indexOf('?')
  if (at === -1) return undefined
  return new URLSearchParams(url.slice(at + 1)).get('format') ?? undefined
}

function isFormat(format) {
  return OFFERS.some((offer) => offer.format === format)
}

/** What `Accept` likes best. What likes none of them gets the default: an answer helps more. */
function acceptedFormat(accept) {
  if (typeof accept !== 'string' || accept === '') return DEFAULT
  const ranges = readRanges(accept)
  let best = { format: DEFAULT, quality: 0 }
  for (const offer of OFFERS) {
    const quality = qualityOf(offer, ranges)
    if (quality > best.quality) best = { format: offer.format, quality }
  }
  return best.format
}

/** The quality that the most specific of the matching ranges gives. */
function qualityOf(offer, ranges) {
  let specificity = -1
  let quality = 0
  for (const range of ranges) {
    const matched = match(offer, range)
    if (matched > specificity || (matched === specificity && range.quality > quality)) {
      specificity = matched
      quality = range.quality
    }
  }
  return specificity === -1 ? 0 : quality
}

/** How closely a range describes the offer; -1 when it does not. */
function match(offer, { type, subtype, parameters }) {
  if (type === '*' && subtype === '*') return 0
  if (type !== offer.type) return -1
  if (subtype === '*') return 1
  if (subtype !== offer.subtype) return -1
  const version = parameters.get('version')
  const charset = parameters.get('charset')
  // Other parameters ask for nothing that these pages lack: `escaping` is about names that no
  // metric here has.
  if (version !== undefined && version !== offer.version) return -1
  if (charset !== undefined && charset.toLowerCase() !== 'utf-8') return -1
  return version === undefined ? 2 : 3
}

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+"
const RANGE = new RegExp(`^(${TOKEN})/(${TOKEN})$`)
const PARAMETER = new RegExp(`^(${TOKEN})=(?:(${TOKEN})|"((?:[^"\\\\]|\\\\.)*)")$`)
const QUALITY = /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/

/** The ranges of an `Accept`; one that is malformed counts as not there. */
function readRanges(accept) {
  return split(accept, ',').map(readRange).filter(Boolean)
}

function readRange(text) {
  const [name, ...rest] = split(text, ';')
  const range = RANGE.exec(name)
  if (range === null) return undefined
  const parameters = new Map()
  for (const parameter of rest) {
    const parsed = PARAMETER.exec(parameter)
    if (parsed === null) return undefined
    const [, key, token, quoted] = parsed
    parameters.set(key.toLowerCase(), token ?? quoted.replace(/\\(.)/g, '$1'))
  }
  const quality = parameters.get('q') ?? '1'
  if (!QUALITY.test(quality)) return undefined
  return {
    type: range[1].toLowerCase(),
    subtype: range[2].toLowerCase(),
    parameters,
    quality: Number(quality),
  }
}

/** The parts between separators that stand outside quotes, trimmed, without empty ones. */
function split(text, separator) {
  const parts = []
  let part = ''
  let quoted = false
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]
    if (character === '"') quoted = !quoted
    if (character === separator && !quoted) {
      parts.push(part)
      part = ''
      continue
    }
    part += character
    if (quoted && character === '\\' && at + 1 < text.length) part += text[(at += 1)]
  }
  parts.push(part)
  return parts.map((each) => each.trim()).filter((each) => each !== '')
}

module.exports = { acceptedFormat, isFormat, queriedFormat }
