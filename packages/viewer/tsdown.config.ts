import { defineConfig } from 'tsdown';
import { PUBLISHED } from '../../tsdown.base.ts';

export default defineConfig(PUBLISHED);
