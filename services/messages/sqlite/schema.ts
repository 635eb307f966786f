/**
 * The tables of messages.db: command log, history with its folds and search index, cursors. One file, so that the log
 * appends of new commands and the history appends of the batch before them share one commit.
 *
 * Streams, users and devices are few and long-lived: their ids are interned in `names`, and rows and indexes carry small
 * integers. Command ids are stored as text: as 16-byte BLOBs the file was 5 % smaller (100,000 messages of 200 bytes, 86
 * and 91 MB), but converting and binding them took 3 of the 10 µs that an append costs.
 */
const first = `
CREATE TABLE names (n INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;

CREATE TABLE log (
  position INTEGER PRIMARY KEY,
  user TEXT NOT NULL,
  device TEXT NOT NULL,
  accepted INTEGER NOT NULL,
  text TEXT NOT NULL
) STRICT;
-- Handled rows are deleted: what was committed last is what keeps positions growing.
CREATE TABLE log_state (one INTEGER PRIMARY KEY CHECK (one = 1), committed INTEGER NOT NULL) STRICT;
INSERT INTO log_state VALUES (1, 0);

CREATE TABLE events (
  n INTEGER PRIMARY KEY,
  stream INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  type TEXT NOT NULL,
  user INTEGER NOT NULL,
  device INTEGER,
  id TEXT NOT NULL,
  time INTEGER NOT NULL,
  -- The latest time of all events up to this one: lets a search stop, see search-find.ts.
  latest INTEGER NOT NULL,
  expires INTEGER,
  -- Of an edit: the seq of the message it edits.
  target INTEGER,
  removed TEXT CHECK (removed IN ('deleted', 'expired')),
  body TEXT NOT NULL,
  text TEXT
) STRICT;
CREATE UNIQUE INDEX events_by_seq ON events (stream, seq);
-- The id first: UUIDv7 begins with the time, so new entries go to the right edge and not to a page a user.
CREATE UNIQUE INDEX events_by_command ON events (id, user);
-- Unread counts and the last message of a stream, without touching the table.
CREATE INDEX events_messages ON events (stream, seq, user) WHERE type = 'message';
CREATE INDEX events_expiring ON events (expires) WHERE expires IS NOT NULL;
CREATE INDEX events_edits ON events (stream, target) WHERE target IS NOT NULL;

CREATE TABLE edits (
  event INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  count INTEGER NOT NULL,
  content TEXT NOT NULL,
  text TEXT
) STRICT;
CREATE TABLE reactions (
  event INTEGER NOT NULL,
  user INTEGER NOT NULL,
  emoji TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (event, user)
) STRICT, WITHOUT ROWID;

-- rowid = events.n. The column stream holds one word, s<events.stream>: a search walks only the postings of the streams
-- it may see. Contentless: the text is in events and edits. secure-delete: a removed word leaves the index at once.
CREATE VIRTUAL TABLE search USING fts5(
  stream, text, content='', columnsize=0, tokenize="unicode61 remove_diacritics 2"
);
INSERT INTO search (search, rank) VALUES ('secure-delete', 1);
CREATE TABLE search_state (one INTEGER PRIMARY KEY CHECK (one = 1), indexed INTEGER NOT NULL) STRICT;
INSERT INTO search_state VALUES (1, 0);

CREATE TABLE cursors (
  device INTEGER NOT NULL,
  stream INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  PRIMARY KEY (device, stream)
) STRICT, WITHOUT ROWID;
-- The furthest of a user's devices: outlives the devices.
CREATE TABLE receipts (
  stream INTEGER NOT NULL,
  user INTEGER NOT NULL,
  delivered INTEGER NOT NULL DEFAULT 0,
  delivered_at INTEGER,
  read INTEGER NOT NULL DEFAULT 0,
  read_at INTEGER,
  PRIMARY KEY (stream, user)
) STRICT, WITHOUT ROWID;
CREATE INDEX receipts_reads ON receipts (user, stream, read) WHERE read > 0;
`;

/** One script a version; a script that has been released is never changed. */
export const migrations: string[] = [first];
