import { describeContextFidelity } from './fidelity-of-context.scenarios.ts';

describeContextFidelity('local');
