/** The suite every Aedes persistence passes, as aedes-persistence ships it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import abstract from 'aedes-persistence/abstract.js';
import { SqlitePersistence } from './persistence.ts';

const folder = mkdtempSync(join(tmpdir(), 'dunlin-persistence-'));
let files = 0;
after(() => rmSync(folder, { recursive: true, force: true }));

abstract({ test, testAsync: true, persistence: () => SqlitePersistence.open(join(folder, `${++files}.db`)) });
