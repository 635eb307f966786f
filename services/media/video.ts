import { spawn } from 'node:child_process';

/** Most that a program may tell us, bytes. */
const MOST_OUTPUT = 65_536;

export interface Recording {
  width: number | null;
  height: number | null;
  durationMs: number | null;
}

export interface VideoTools {
  /** Writes a picture of the video to `target`, as PNG. False: there is none, or no program to take it. */
  poster(path: string, target: string): Promise<boolean>;
  /** What the file says of itself; null: nobody can tell. */
  probe(path: string): Promise<Recording | null>;
}

/** ffmpeg, where it is there: it reads the one file, and nothing by a network or another file that this one names. */
export function createVideoTools(ffmpeg: string, timeoutMs: number): VideoTools {
  const ffprobe = ffmpeg.replace(/ffmpeg(?=[^/]*$)/, 'ffprobe');
  const input = (path: string) => ['-protocol_whitelist', 'file,pipe', '-i', `file:${path}`];

  return {
    async poster(path, target) {
      if (ffmpeg === '') return false;
      const args = [
        ...['-nostdin', '-hide_banner', '-loglevel', 'error', '-threads', '1'],
        ...input(path),
        ...[
          '-an',
          '-sn',
          '-dn',
          '-frames:v',
          '1',
          '-vf',
          "scale='min(640,iw)':-2",
          '-f',
          'image2',
          '-c:v',
          'png',
        ],
        ...['-y', `file:${target}`],
      ];
      return (await run(ffmpeg, args, timeoutMs)) !== null;
    },

    async probe(path) {
      if (ffmpeg === '') return null;
      const entries = 'stream=width,height:stream_side_data=rotation:format=duration';
      const args = ['-v', 'error', '-show_entries', entries, '-of', 'json', ...input(path)];
      const said = await run(ffprobe, args, timeoutMs);
      return said === null ? null : recordingIn(said);
    },
  };
}

function recordingIn(said: string): Recording | null {
  interface Stream {
    width?: number;
    height?: number;
    side_data_list?: { rotation?: number }[];
  }
  let found: { streams?: Stream[]; format?: { duration?: string } };
  try {
    found = JSON.parse(said);
  } catch {
    return null;
  }
  const seen = found.streams?.find(({ width, height }) => isPixels(width) && isPixels(height));
  const turned = seen?.side_data_list?.some(({ rotation = 0 }) => Math.abs(rotation) % 180 === 90) ?? false;
  const seconds = Number(found.format?.duration);
  return {
    width: (turned ? seen?.height : seen?.width) ?? null,
    height: (turned ? seen?.width : seen?.height) ?? null,
    durationMs:
      Number.isFinite(seconds) && seconds >= 0 && seconds < 86_400 ? Math.round(seconds * 1_000) : null,
  };
}

const isPixels = (value: unknown): value is number =>
  Number.isInteger(value) && (value as number) > 0 && (value as number) <= 100_000;

/** What the program wrote; null: it is not there, failed, or took too long. */
async function run(program: string, args: readonly string[], timeoutMs: number): Promise<string | null> {
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
    env: { PATH: process.env.PATH },
  });
  let said = '';
  child.stdout.on('data', (piece: Buffer) => {
    if (said.length < MOST_OUTPUT) said += piece.toString();
  });
  const code = await new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(null));
    child.once('close', resolve);
  });
  return code === 0 ? said : null;
}
