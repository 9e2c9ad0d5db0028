import { describeAbort } from './abort.scenarios.ts';

describeAbort('local');
