"""The ledger's tables, as numbered migrations.

`PRAGMA user_version` counts the migrations that a file has had. A migration that has landed is
never edited: a change is a new one at the end.
"""

from __future__ import annotations

import sqlite3

from tesuji.errors import LedgerError

# Texts stand in tables of their own, so that the tables which are scanned stay narrow; what
# repeats (a prompt drawn sixteen times, the sampling of a whole run) stands once.
_FIRST = """
CREATE TABLE setups (
  id INTEGER PRIMARY KEY,
  model TEXT NOT NULL,
  sampling TEXT NOT NULL,
  UNIQUE (model, sampling)
);
CREATE TABLE prompts (
  id INTEGER PRIMARY KEY,
  digest BLOB NOT NULL UNIQUE,
  messages TEXT NOT NULL
);
CREATE TABLE outputs (
  id INTEGER PRIMARY KEY,
  key BLOB NOT NULL UNIQUE,
  setup INTEGER NOT NULL REFERENCES setups (id),
  prompt INTEGER NOT NULL REFERENCES prompts (id),
  draw INTEGER NOT NULL,
  finish TEXT NOT NULL,
  tokens_in INTEGER NOT NULL,
  tokens_out INTEGER NOT NULL,
  seconds REAL NOT NULL,
  created REAL NOT NULL
);
CREATE TABLE texts (
  output INTEGER PRIMARY KEY REFERENCES outputs (id),
  body TEXT NOT NULL,
  logprobs TEXT
);
CREATE TABLE scored (
  key BLOB PRIMARY KEY,
  setup INTEGER NOT NULL REFERENCES setups (id),
  prompt INTEGER NOT NULL REFERENCES prompts (id),
  choices TEXT NOT NULL,
  logprobs TEXT NOT NULL,
  created REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE runs (
  id INTEGER PRIMARY KEY,
  entry TEXT NOT NULL,
  model TEXT NOT NULL,
  entry_digest TEXT NOT NULL,
  entry_table TEXT NOT NULL,
  task_digest TEXT NOT NULL,
  split TEXT NOT NULL,
  samples_digest TEXT NOT NULL,
  total INTEGER NOT NULL,
  state TEXT NOT NULL,
  reason TEXT,
  metric TEXT NOT NULL,
  score REAL, low REAL, high REAL,
  answered INTEGER NOT NULL DEFAULT 0,
  unparsed INTEGER NOT NULL DEFAULT 0,
  fallbacks INTEGER NOT NULL DEFAULT 0,
  errors INTEGER NOT NULL DEFAULT 0,
  outputs INTEGER NOT NULL DEFAULT 0,
  sent INTEGER NOT NULL DEFAULT 0,
  cached INTEGER NOT NULL DEFAULT 0,
  tokens_in INTEGER NOT NULL DEFAULT 0,
  tokens_out INTEGER NOT NULL DEFAULT 0,
  usd REAL,
  seconds REAL NOT NULL DEFAULT 0,
  started REAL NOT NULL,
  UNIQUE (entry_digest, task_digest, split, samples_digest)
);
CREATE TABLE answers (
  run INTEGER NOT NULL REFERENCES runs (id),
  sample TEXT NOT NULL,
  state TEXT NOT NULL,
  score REAL,
  answer TEXT,
  output BLOB,
  reason TEXT,
  PRIMARY KEY (run, sample)
) WITHOUT ROWID;
CREATE INDEX answers_scores ON answers (run, sample, score);
CREATE TABLE findings (
  run INTEGER NOT NULL REFERENCES runs (id),
  sample TEXT NOT NULL,
  output BLOB NOT NULL,
  kind TEXT NOT NULL,
  start INTEGER NOT NULL,
  stop INTEGER NOT NULL,
  confidence REAL NOT NULL,
  evidence TEXT NOT NULL,
  fix TEXT
);
CREATE INDEX findings_sample ON findings (run, sample);
CREATE TABLE trials (
  id INTEGER PRIMARY KEY,
  best INTEGER NOT NULL REFERENCES runs (id),
  challenger INTEGER NOT NULL REFERENCES runs (id),
  samples INTEGER NOT NULL,
  gain REAL NOT NULL, low REAL NOT NULL, high REAL NOT NULL, p REAL NOT NULL,
  verdict TEXT NOT NULL,
  created REAL NOT NULL
);
CREATE TABLE best (
  task_digest TEXT NOT NULL,
  split TEXT NOT NULL,
  run INTEGER NOT NULL REFERENCES runs (id),
  PRIMARY KEY (task_digest, split)
) WITHOUT ROWID;
"""

# How failures went over a run, and what was said of it while it ran.
_RATES = """
CREATE TABLE points (
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES runs (id),
  outputs INTEGER NOT NULL,
  created REAL NOT NULL
);
CREATE INDEX points_run ON points (run);
CREATE TABLE rates (
  point INTEGER NOT NULL REFERENCES points (id),
  kind TEXT NOT NULL,
  hits INTEGER NOT NULL,
  PRIMARY KEY (point, kind)
) WITHOUT ROWID;
CREATE TABLE alarms (
  run INTEGER NOT NULL REFERENCES runs (id),
  kind TEXT NOT NULL,
  words TEXT NOT NULL,
  created REAL NOT NULL
);
"""

# What a run cost in all its passes, and what its conclusions depend on. The keys of all outputs
# behind an answer, one after the other, where they are more than the one that it is from. Findings
# of outputs that were diagnosed before, NULL where nothing was found.
_AGAIN = """
ALTER TABLE runs ADD COLUMN all_sent INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN all_tokens_in INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN all_tokens_out INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN all_usd REAL;
ALTER TABLE runs ADD COLUMN all_seconds REAL NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN settled TEXT;
UPDATE runs SET all_sent = sent, all_tokens_in = tokens_in, all_tokens_out = tokens_out,
  all_usd = usd, all_seconds = seconds;
ALTER TABLE answers ADD COLUMN drafts BLOB;
CREATE TABLE contexts (
  id INTEGER PRIMARY KEY,
  digest TEXT NOT NULL UNIQUE
);
CREATE TABLE diagnoses (
  context INTEGER NOT NULL REFERENCES contexts (id),
  output INTEGER NOT NULL REFERENCES outputs (id),
  findings TEXT,
  PRIMARY KEY (context, output)
) WITHOUT ROWID;
"""

# Which moves were tried on which best run and what came of them, and who was the best when: a log
# that only grows ("undo" and "redo" are moves in it too). A file from before has but its present
# bests in it.
_MOVES = """
ALTER TABLE trials ADD COLUMN move TEXT;
CREATE TABLE tries (
  id INTEGER PRIMARY KEY,
  task_digest TEXT NOT NULL,
  split TEXT NOT NULL,
  best INTEGER REFERENCES runs (id),
  move TEXT NOT NULL,
  challengers INTEGER NOT NULL,
  winner INTEGER REFERENCES runs (id),
  kept INTEGER NOT NULL,
  gain REAL,
  stopped TEXT,
  created REAL NOT NULL
);
CREATE TABLE bests (
  id INTEGER PRIMARY KEY,
  task_digest TEXT NOT NULL,
  split TEXT NOT NULL,
  run INTEGER NOT NULL REFERENCES runs (id),
  move TEXT NOT NULL,
  created REAL NOT NULL
);
INSERT INTO bests (task_digest, split, run, move, created)
  SELECT best.task_digest, best.split, best.run, 'run', runs.started
  FROM best JOIN runs ON runs.id = best.run;
"""

# Under which identity the outputs of each model of a run are kept, where it has several; the
# entry's own has the name ''.
_SEVERAL = """
CREATE TABLE identities (
  run INTEGER NOT NULL REFERENCES runs (id),
  name TEXT NOT NULL,
  identity TEXT NOT NULL,
  PRIMARY KEY (run, name)
) WITHOUT ROWID;
"""

# What a person said of a sample while looking at it, and the tags given to it, as a JSON list.
_NOTES = """
CREATE TABLE notes (
  task_digest TEXT NOT NULL,
  split TEXT NOT NULL,
  sample TEXT NOT NULL,
  text TEXT NOT NULL,
  tags TEXT NOT NULL,
  written REAL NOT NULL,
  PRIMARY KEY (task_digest, split, sample)
) WITHOUT ROWID;
"""

MIGRATIONS: tuple[str, ...] = (_FIRST, _RATES, _AGAIN, _MOVES, _SEVERAL, _NOTES)


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the file to the newest version, one transaction a migration.

    LedgerError if a newer Tesuji wrote the file.
    """
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > len(MIGRATIONS):
        raise LedgerError(
            f"it was written by a newer Tesuji (schema {version}, this one knows "
            f"{len(MIGRATIONS)}): upgrade with pip install --upgrade tesuji"
        )
    for number in range(version, len(MIGRATIONS)):
        # BEGIN IMMEDIATE and the second look at the version keep two processes that open a
        # fresh ledger at the same time from migrating it twice.
        connection.execute("BEGIN IMMEDIATE")
        try:
            (now,) = connection.execute("PRAGMA user_version").fetchone()
            if now == number:
                for statement in MIGRATIONS[number].split(";"):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {number + 1}")
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
