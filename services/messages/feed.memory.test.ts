import { feedConformance } from './feed.conformance.ts';
import { MemoryFeed } from './feed.memory.ts';

feedConformance('memory', async () => {
  const feed = new MemoryFeed();
  return { feed, other: feed, dispose: () => feed.close() };
});
