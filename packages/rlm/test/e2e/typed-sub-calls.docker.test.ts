import { describeTypedSubCalls } from './typed-sub-calls.scenarios.ts';

describeTypedSubCalls('docker');
