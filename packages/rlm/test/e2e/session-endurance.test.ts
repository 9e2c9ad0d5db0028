import { describeEndurance } from './session-endurance.scenarios.ts';

describeEndurance('local');
