import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findProgram, run } from './process.ts'
import { tempDirectory } from './temp.ts'

export interface Certificate {
  cert: string
  key: string
}

export interface Certificates {
  /** The authority to trust, as a PEM file. */
  ca: string
  /** Another authority, which signed nothing but `stranger`. */
  otherCa: string
  /** For 127.0.0.1 and localhost, valid now. */
  good: Certificate
  /** For 127.0.0.1 and localhost, ended in 2021. */
  expired: Certificate
  /** Valid now, for a host of another name. */
  otherHost: Certificate
  /** For 127.0.0.1 and localhost, valid now, signed by `otherCa`. */
  stranger: Certificate
}

const HERE = 'IP:127.0.0.1,DNS:localhost'

/** Makes two authorities and four certificates with openssl, as PEM files that anyone may read. */
export async function makeCertificates(): Promise<Certificates> {
  const openssl = findProgram('openssl', 'apt-get install -y openssl')
  const directory = tempDirectory('pki')
  await run('/bin/chmod', ['755', directory])
  const trusted = await authority(openssl, directory, 'trusted')
  const other = await authority(openssl, directory, 'other')
  return {
    ca: trusted.cert,
    otherCa: other.cert,
    good: await leaf(openssl, directory, 'good', trusted, HERE),
    expired: await leaf(openssl, directory, 'expired', trusted, HERE, ['20200101000000Z', '20210101000000Z']),
    otherHost: await leaf(openssl, directory, 'other-host', trusted, 'DNS:elsewhere.example'),
    stranger: await leaf(openssl, directory, 'stranger', other, HERE),
  }
}

async function authority(openssl: string, directory: string, name: string): Promise<Certificate> {
  const cert = join(directory, `${name}-ca.pem`)
  const key = join(directory, `${name}-ca.key`)
  await run(openssl, [
    'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2',
    '-subj', `/CN=${name} test authority`, '-keyout', key, '-out', cert,
    '-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign,cRLSign',
  ])
  return { cert, key }
}

async function leaf(
  openssl: string,
  directory: string,
  name: string,
  signer: Certificate,
  names: string,
  dates?: [from: string, to: string],
): Promise<Certificate> {
  const cert = join(directory, `${name}.pem`)
  const key = join(directory, `${name}.key`)
  const request = join(directory, `${name}.csr`)
  await run(openssl, [
    'req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes',
    '-subj', `/CN=${name}`, '-keyout', key, '-out', request,
  ])
  // `openssl ca` is the one command of openssl 3.0 that takes a start and an end in the past.
  const book = join(directory, `${name}.book`)
  mkdirSync(book)
  writeFileSync(join(book, 'index'), '')
  writeFileSync(join(book, 'config'), [
    '[ca]', 'default_ca=book',
    '[book]', `database=${book}/index`, `new_certs_dir=${book}`, 'default_md=sha256', 'policy=any', 'unique_subject=no', 'rand_serial=yes',
    '[any]', 'commonName=supplied',
    '[leaf]', 'basicConstraints=CA:FALSE', `subjectAltName=${names}`, 'extendedKeyUsage=serverAuth', 'keyUsage=digitalSignature',
    'authorityKeyIdentifier=keyid',
    '',
  ].join('\n'))
  const validity = dates === undefined ? ['-days', '2'] : ['-startdate', dates[0], '-enddate', dates[1]]
  await run(openssl, [
    'ca', '-batch', '-notext', '-config', join(book, 'config'), '-extensions', 'leaf',
    '-cert', signer.cert, '-keyfile', signer.key, ...validity, '-in', request, '-out', cert,
  ])
  await run('/bin/chmod', ['644', key])
  return { cert, key }
}
