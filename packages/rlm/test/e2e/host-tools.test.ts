import { describeHostTools } from './host-tools.scenarios.ts';

describeHostTools('local');
