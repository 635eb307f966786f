import { spawn } from 'node:child_process';

/** What opens a link on this system; null: nothing that could be seen. */
function opener(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string | null {
  if (platform === 'darwin') return 'open';
  if (platform === 'win32') return 'explorer';
  return env.DISPLAY || env.WAYLAND_DISPLAY ? 'xdg-open' : null;
}

/** Opens a link of the web in the browser. False: it cannot be, and is for the user to copy. No shell sees it. */
export function openLink(url: string, env = process.env, platform = process.platform): Promise<boolean> {
  const address = URL.parse(url);
  const program = opener(env, platform);
  if (program === null || address === null || !/^https?:$/.test(address.protocol))
    return Promise.resolve(false);
  return new Promise((resolve) => {
    const child = spawn(program, [address.href], { stdio: 'ignore', detached: true });
    child.once('error', () => resolve(false));
    child.once('spawn', () => {
      child.unref();
      resolve(true);
    });
  });
}
