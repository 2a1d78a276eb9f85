/** The logger, at the path the orchestrator imports it from. */
export {
  createLogger,
  createRequestLogger,
  logger,
  logger as default,
  type Logger,
  type LogLevel,
} from '@researchflow/core';
