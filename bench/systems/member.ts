import { Child, freePorts } from './child.ts';
import { limits, program } from './dunlin.parts.ts';

const preload = new URL('./collect-at-signal.ts', import.meta.url).href;

/** A process of the cluster. Its ports are there whether or not its role has use for them. */
export interface Member {
  child: Child;
  mqtt: number;
  http: number;
  metrics: string;
}

/** Starts a process and waits until it is ready. */
export async function startMember(
  folder: string,
  role: string,
  { flags, env }: { flags: readonly string[]; env: Readonly<Record<string, string>> },
): Promise<Member> {
  const [mqtt, http, metrics] = (await freePorts(3)) as [number, number, number];
  const child = new Child(
    process.execPath,
    [
      ...nodeFlags(role),
      '--import',
      preload,
      program,
      'serve',
      `--serve.role=${role}`,
      `--data.folder=${folder}`,
      `--mqtt.port=${mqtt}`,
      `--http.port=${http}`,
      `--metrics.port=${metrics}`,
      ...flags,
      ...limits,
    ],
    { env: { PATH: process.env.PATH, ...env } },
  );
  await child.until(() =>
    fetch(`http://127.0.0.1:${metrics}/readyz`).then(
      (response) => response.ok,
      () => false,
    ),
  );
  return { child, mqtt, http, metrics: `http://127.0.0.1:${metrics}/metrics` };
}

/** `BENCH_PROFILE` names a folder: each process of a cluster leaves a processor profile there when it ends. */
function nodeFlags(role: string): string[] {
  const folder = process.env.BENCH_PROFILE;
  if (folder === undefined) return [];
  return [
    '--cpu-prof',
    `--cpu-prof-dir=${folder}`,
    `--cpu-prof-name=${role}-${Date.now()}-\${pid}.cpuprofile`,
  ];
}
