import { describeSessions } from './session.scenarios.ts';

describeSessions('local');
