export { createLogger, createRequestLogger, logger, type Logger } from '@researchflow/core';
