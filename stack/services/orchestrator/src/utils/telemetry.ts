/** Counters and the gate of external calls, at the path the orchestrator imports them from. */
export {
  AICallBlockedError,
  type BlockReason,
  type CallStatus,
  checkAICallAllowed,
  gatedAICall,
  getTelemetry,
  type MetricsMode as RuntimeMode,
  type MetricsReport as MetricsResponse,
  type Telemetry as TelemetryCollector,
  type TelemetrySnapshot,
} from '@researchflow/core';

export type AIProvider = 'anthropic' | 'openai' | 'together' | 'unknown';
