export { type AISDKModelOptions, aiSdkModel } from './ai-sdk-model.ts';
export type { AISDKModel, AISDKResult } from './model-spec.ts';
export { type AISDKTool, type RLMToolOptions, rlmTool } from './rlm-tool.ts';
export type { RLMToolOutput } from './tool-output.ts';
