import { describeSessionStops } from './session-stops.scenarios.ts';

describeSessionStops('local');
