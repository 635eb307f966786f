import { writeFileSync } from 'node:fs';
import { metricsPage } from './metrics.ts';

writeFileSync(new URL('../docs/METRICS.md', import.meta.url), metricsPage());
