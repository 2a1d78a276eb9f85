import {
  AICallBlockedError,
  allowsRealAI,
  type CallDecision,
  checkAICallAllowed,
  gatedAICall,
  getTelemetry,
} from '@researchflow/core';

const REFUSED_IN_DEMO: CallDecision = Object.freeze({ allowed: false, reason: 'governance_mode' });

/**
 * Whether a model may be asked at this moment. Stricter than the gate of the package by one rule:
 * DEMO leaves the network open and asks no real model.
 */
export function checkRealAI(provider: string): CallDecision {
  const decision = checkAICallAllowed(provider);
  return decision.allowed && !allowsRealAI() ? REFUSED_IN_DEMO : decision;
}

/** Counts a refusal and throws it, when {@link checkRealAI} refuses. */
export function refuseUnlessAllowed(provider: string): void {
  const decision = checkRealAI(provider);
  // Compared, so that compilers that are not strict see the reason too.
  if (decision.allowed === false) {
    getTelemetry().recordBlockedCall(decision.reason, provider);
    throw new AICallBlockedError(decision.reason, provider);
  }
}

/** The gate of the package, with the rule of DEMO. A call counts once, however it ends. */
export async function gateRealAI<T>(provider: string, call: () => Promise<T>): Promise<T> {
  refuseUnlessAllowed(provider);
  return gatedAICall(provider, call);
}
