import { dunlinWire } from './dunlin.wire.ts';
import { plainWire } from './plain.wire.ts';
import type { Wire } from './system.ts';

const wires: Record<string, Wire> = { aedes: plainWire, mosquitto: plainWire, dunlin: dunlinWire };

export function wireOf(system: string): Wire {
  const wire = wires[system];
  if (wire === undefined) throw new Error(`no wire for the system ${system}`);
  return wire;
}
