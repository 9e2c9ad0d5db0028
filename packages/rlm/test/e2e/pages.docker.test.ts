import { afterAll } from 'vitest';
import { host } from './pages/host.ts';
import './pages/readme.ts';
import './pages/runs-that-survive.ts';
import './pages/sessions.ts';
import './pages/strategies.ts';
import './pages/tools-and-host-models.ts';
import './pages/typed-answers.ts';

// The pages whose snippets start containers, or runs besides: one process runs them all.
afterAll(() => host[Symbol.asyncDispose]());
