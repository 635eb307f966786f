/** The process that reads pictures: what is wrong with one of them is no more than the end of this. */
import { onlyPictures, readPicture, TooLarge } from './read-picture.ts';
import type { PictureAnswer, PictureTask } from './shape.ts';

const LOOK_EVERY_MS = 20;
/** Exit code of one that took too much memory. */
const TOO_MUCH_MEMORY = 77;

const mostBytes = Number(process.argv[2]);
setInterval(() => {
  if (process.memoryUsage.rss() > mostBytes) process.exit(TOO_MUCH_MEMORY);
}, LOOK_EVERY_MS).unref();
onlyPictures();

process.on('message', async (task: PictureTask) => {
  const answer: PictureAnswer = await readPicture(task).then(
    (picture) => ({ id: task.id, ok: true, ...picture }),
    (error) => ({ id: task.id, ok: false, why: error instanceof TooLarge ? 'large' : 'broken' }),
  );
  process.send!(answer);
});
process.on('disconnect', () => process.exit(0));
