import aiSdk from './packages/ai-sdk/tsdown.config.ts';
import assess from './packages/assess/tsdown.config.ts';
import cli from './packages/cli/tsdown.config.ts';
import rlm from './packages/rlm/tsdown.config.ts';
import viewer from './packages/viewer/tsdown.config.ts';

// All published packages in one process; in the folder of one, tsdown builds that one.
export default [rlm, aiSdk, assess, viewer, cli];
