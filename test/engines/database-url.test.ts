import assert from 'node:assert/strict';
import { it } from 'node:test';
import { inDatabase } from './database-url.ts';

it('a database of a test on a MongoDB that is there: hosts, rights and options stay', () => {
  const cases = [
    ['mongodb://127.0.0.1:27017', 'mongodb://127.0.0.1:27017/other'],
    ['mongodb://a:1,b:2/dunlin?replicaSet=rs0', 'mongodb://a:1,b:2/other?replicaSet=rs0'],
    ['mongodb://a/?replicaSet=rs0', 'mongodb://a/other?replicaSet=rs0'],
    [
      'mongodb+srv://me:p%40ss@a.example.org/mine',
      'mongodb+srv://me:p%40ss@a.example.org/other?authSource=mine',
    ],
    ['mongodb://me:pass@a/mine?authSource=admin', 'mongodb://me:pass@a/other?authSource=admin'],
    ['mongodb://me:pass@a', 'mongodb://me:pass@a/other'],
  ];
  for (const [url, expected] of cases) assert.equal(inDatabase(url!, 'other'), expected);
  assert.throws(
    () => inDatabase('http://me:secret@a', 'other'),
    /^TypeError: MONGODB_URL is no URL of MongoDB$/,
  );
});
