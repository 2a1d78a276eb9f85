/** Models by tier, behind the gate of the mode. */
export * from './src/types';
export * from './src/provider';
export {
  type AIRouterResponseWithRefinement,
  getModelRouter,
  ModelRouterService,
} from './src/model-router.service';
export { PhiGateService } from './src/phi-gate.service';
export { QualityGateService, type QualityGateResult } from './src/quality-gate.service';
