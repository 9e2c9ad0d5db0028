import { defineConfig } from 'tsdown';
import { published } from '../../tsdown.base.ts';

const base = published(import.meta.dirname);

export default defineConfig({ ...base, deps: { ...base.deps, neverBundle: ['rlm-bridge', 'zod'] } });
