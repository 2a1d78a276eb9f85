import { createHmac, randomBytes } from 'node:crypto'

export const JWT_SECRET = randomBytes(32).toString('hex')

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
export const inAnHour = (): number => Math.floor(Date.now() / 1_000) + 3_600

interface Forgery {
  alg?: string
  hash?: string
  secret?: string
  claims?: object
}

/** A JSON Web Token, by hand: a library would refuse to make those that have to be refused. */
export function token({ alg = 'HS256', hash = 'sha256', secret = JWT_SECRET, claims = { sub: 'user-1', exp: inAnHour() } }: Forgery = {}): string {
  const signed = `${encode({ alg, typ: 'JWT' })}.${encode(claims)}`
  return `${signed}.${alg === 'none' ? '' : createHmac(hash, secret).update(signed).digest('base64url')}`
}

export const bearer = (text = token()): { authorization: string } => ({ authorization: `Bearer ${text}` })
