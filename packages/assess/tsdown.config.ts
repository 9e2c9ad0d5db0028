import { defineConfig } from 'tsdown';
import { published } from '../../tsdown.base.ts';

export default defineConfig(published(import.meta.dirname));
