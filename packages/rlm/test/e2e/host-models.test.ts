import { describeHostModels } from './host-models.scenarios.ts';

describeHostModels('local');
