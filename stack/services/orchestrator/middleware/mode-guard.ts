/** The mode guards, at the path the orchestrator's routes import them from. */
export {
  addModeInfo,
  allowsRealAI,
  blockAIInDemo,
  blockDataUploadInDemo,
  blockExportInDemo,
  blockWritesInStandby,
  enforceStandbyMode,
  getCurrentMode,
  getCurrentModeConfig,
  isStandbyMode,
  requireLiveAuth,
  requiresAuth,
} from '@researchflow/core';
