import { describeSessionStops } from './session-stops.scenarios.ts';

describeSessionStops('docker');
