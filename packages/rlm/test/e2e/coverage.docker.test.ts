import { describeCoverage } from './coverage.scenarios.ts';

describeCoverage('docker');
