import { describeCoverage } from './coverage.scenarios.ts';

describeCoverage('local');
