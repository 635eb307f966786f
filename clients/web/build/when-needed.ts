/** Before `npm start`: the web app is there, and of this checkout. A server starts without it, too. */
import { isBuildNeeded } from './is-needed.ts';

if (isBuildNeeded()) {
  try {
    const { buildWeb } = await import('./build.ts');
    await buildWeb();
  } catch (error) {
    process.stderr.write(
      `The web app could not be built (${(error as Error).message}). The server runs without it; \`npm run build:web\` tells more.\n`,
    );
  }
}
