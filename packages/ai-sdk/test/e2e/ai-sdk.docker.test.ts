import { describeAISDK } from './ai-sdk.scenarios.ts';

describeAISDK('docker');
