/** Draws docs/screens/terminal.txt and terminal.svg anew: two people and a group on a real server, in a real terminal. `node test/cli/screenshot.ts` */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, Server } from '../harness/server.ts';
import { Lines, Terminal } from '../harness/terminal-client.ts';
import { svgOf } from './terminal-svg.ts';

const [COLUMNS, ROWS] = [112, 30];

const server = await Server.started();
const folder = await mkdtemp(join(tmpdir(), 'dunlin-screenshot-'));
const people = ['bob', 'carol', 'dave'].map((user) => new Lines(server, user, folder));
const [bob, carol, dave] = people as [Lines, Lines, Lines];
try {
  for (const person of people) {
    person.type('/list');
    await person.shows(/No conversations yet/);
  }
  const alice = new Terminal(server, 'alice', folder, { columns: COLUMNS, rows: ROWS });
  await alice.shows(/● online/);
  dave.type('/dm alice the slides are on your desk');
  await alice.shows(/slides/);
  bob.type('/dm alice ahoy! lunch on Friday?');
  await alice.shows(/lunch/);
  bob.type('/open alice');
  alice.type('/group "Rowing club" bob carol dave');
  await alice.shows(/^ Rowing club · group/);
  alice.type('Who is in for Saturday, 07:30 at the boathouse?');
  await alice.shows(/boathouse\? {2}#2 \d\d:\d\d ✓✓/);
  carol.type('/open rowing');
  carol.type('me! 🚣 I bring the coffee');
  await alice.shows(/coffee/);
  carol.type('東京 won yesterday, did you see it?');
  await alice.shows(/yesterday/);
  bob.type('/open rowing');
  bob.type('/react 3 ☕');
  bob.type(
    '/reply 2 count me in, but I have to be back by ten, so somebody else has to take the boat out of the water',
  );
  await alice.shows(/out of the water/);
  dave.type('/open rowing');
  dave.type('so do I');
  await alice.shows(/so do I/);
  alice.type('Then it is four of us: the big boat');
  await alice.shows(/big boat {2}#\d+ \d\d:\d\d ✓✓/);
  Terminal.tmux('send-keys', '-t', 'alice', '-l', 'and @carol: ');
  await alice.shows(/and @carol:/);
  mkdirSync(join(root, 'docs/screens'), { recursive: true });
  const text = alice.screen.replaceAll(/ +$/gm, '');
  writeFileSync(join(root, 'docs/screens/terminal.txt'), text);
  writeFileSync(join(root, 'docs/screens/terminal.svg'), svgOf(alice.coloured, COLUMNS, ROWS));
} finally {
  for (const person of people) await person.kill();
  try {
    Terminal.tmux('kill-server');
  } catch {
    // it never started
  }
  await server.dispose();
  rmSync(folder, { recursive: true, force: true });
}
