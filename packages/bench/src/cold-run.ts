import { type RLMOptions, runRLM } from 'rlm-bridge';

// A Node program with one run in it: what a user's first script is. Its arguments are a context file, a query and options.

const [file = '', query = '', options = '{}'] = process.argv.slice(2);
const { success } = await runRLM({ file }, query, JSON.parse(options) as RLMOptions);
if (!success) process.exitCode = 1;
