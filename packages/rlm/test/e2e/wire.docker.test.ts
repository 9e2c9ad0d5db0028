import { describeWire } from './wire.scenarios.ts';

describeWire('docker');
