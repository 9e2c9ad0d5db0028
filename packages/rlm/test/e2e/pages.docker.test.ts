import { afterAll } from 'vitest';
import { host } from './pages/host.ts';
import './pages/readme.ts';
import './pages/sessions.ts';
import './pages/strategies.ts';
import './pages/tools-and-host-models.ts';
import './pages/typed-answers.ts';

// The pages whose snippets start containers: one process runs them all.
afterAll(() => host[Symbol.asyncDispose]());
