import type { RequestHandler } from 'express';
import { createLogger } from './logger';

const log = createLogger('http');

/**
 * One line a request, at debug: in production, where debug is off, a request costs one comparison.
 * The route's pattern and not the path, which may hold what a caller typed.
 */
export const logRequests: RequestHandler = (req, res, next) => {
  if (!log.isLevelEnabled('debug')) {
    next();
    return;
  }
  const begun = performance.now();
  res.once('close', () => {
    const route: unknown = req.route?.path;
    log.debug('request', {
      method: req.method,
      route: typeof route === 'string' ? `${req.baseUrl}${route}` : 'none',
      statusCode: res.statusCode,
      durationMs: Math.round(performance.now() - begun),
      finished: res.writableFinished,
    });
  });
  next();
};
