import { killedInTheGraceTime } from './grace.ts';

killedInTheGraceTime('its data folder', []);
