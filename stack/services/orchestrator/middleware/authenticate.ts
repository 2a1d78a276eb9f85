import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { errors, jwtVerify } from 'jose';
import { describeError } from '../src/utils/describe-error';
import { logger } from '../src/utils/logger';
import { requiresAuth } from './mode-guard';

declare global {
  namespace Express {
    interface Request {
      /** Whoever a token that was verified is of. */
      user?: { id: string };
    }
  }
}

/** RFC 7518, 3.2: a key of HS256 is as long as its hash. */
const SHORTEST_SECRET_BYTES = 32;

/**
 * In a mode that asks for an identity, lets through who brings a JWT (HS256 over `JWT_SECRET`, with
 * `sub` and `exp`) as `Authorization: Bearer`, and sets `req.user`. Any other token, or none, is
 * answered 401. Without a secret of 32 bytes or more nobody can be told from anybody: 503.
 *
 * It stands in place of `requireLiveAuth`, which is content with a header that is there: one decision,
 * so that a mode which turns to LIVE in between lets nobody through unverified.
 */
export const requireIdentity: RequestHandler = (req, res, next) => {
  if (!requiresAuth()) {
    next();
    return;
  }
  verify(req, res, next).catch(next);
};

async function verify(req: Request, res: Response, next: NextFunction): Promise<void> {
  const secret = new TextEncoder().encode(process.env.JWT_SECRET ?? '');
  if (secret.length < SHORTEST_SECRET_BYTES) {
    logger.error('JWT_SECRET is missing or shorter than 32 bytes');
    refuse(res, 503, { error: 'Identities cannot be verified', code: 'AUTH_NOT_CONFIGURED' });
    return;
  }
  const id = await subjectOf(req.headers.authorization, secret);
  if (id === undefined) {
    res.setHeader('WWW-Authenticate', 'Bearer');
    refuse(res, 401, { error: 'Authentication required for LIVE mode', code: 'UNAUTHENTICATED' });
    return;
  }
  req.user = { id };
  next();
}

async function subjectOf(header: string | undefined, secret: Uint8Array): Promise<string | undefined> {
  const token = /^Bearer +([\w.-]+)$/i.exec(header ?? '')?.[1];
  if (token === undefined) return undefined;
  try {
    const { payload } = await jwtVerify(token, secret, { algorithms: ['HS256'], requiredClaims: ['sub', 'exp'] });
    return payload.sub || undefined;
  } catch (error) {
    if (!(error instanceof errors.JOSEError)) throw error;
    logger.debug('token refused', describeError(error));
    return undefined;
  }
}

function refuse(res: Response, status: number, body: object): void {
  res.setHeader('Cache-Control', 'no-store');
  res.status(status).json(body);
}
