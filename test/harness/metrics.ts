import type { Server } from './server.ts';

/** The page of /metrics as samples: `name{label="value"}` → number. */
export async function samples(server: Server): Promise<Map<string, number>> {
  const page = await (await fetch(`${server.metrics}/metrics`)).text();
  const found = new Map<string, number>();
  for (const line of page.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const end = line.lastIndexOf(' ');
    found.set(line.slice(0, end), Number(line.slice(end + 1)));
  }
  return found;
}

/** The sum of a metric over all samples that carry these labels; 0 when there is none. */
export async function metric(
  server: Server,
  name: string,
  labels: Record<string, string> = {},
): Promise<number> {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  let sum = 0;
  for (const [sample, value] of await samples(server)) {
    const [own = '', rest = ''] = sample.split('{', 2);
    if (own === name && wanted.every((label) => rest.includes(label))) sum += value;
  }
  return sum;
}

/** Resident memory of the server's process, bytes. */
export function memory(server: Server): Promise<number> {
  return metric(server, 'process_resident_memory_bytes');
}
