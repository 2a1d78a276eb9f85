/** What other packages need to call a provider by the same road. */
export { checkRealAI, gateRealAI } from './ai-gate';
export { callProvider, type ProviderCall, type SdkRequest } from './provider-call';
export { ProviderError, type ProviderErrorCode } from './provider-error';
