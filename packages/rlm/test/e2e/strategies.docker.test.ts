import { describeStrategies } from './strategies.scenarios.ts';

describeStrategies('docker');
