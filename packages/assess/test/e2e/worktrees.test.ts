import { describeWorktrees } from './worktrees.scenarios.ts';

describeWorktrees('local');
