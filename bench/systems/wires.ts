import { dunlinWire } from './dunlin.wire.ts';
import { plainWire } from './plain.wire.ts';
import type { Wire, WireName } from './system.ts';

export const wires: Record<WireName, Wire> = { plain: plainWire, dunlin: dunlinWire };
