import { failureCountsConformance } from './failure-counts.conformance.ts';
import { localFailureCounts } from './failure-counts.ts';

failureCountsConformance('in this process', () => localFailureCounts);
