-- When runs are due, and what became of each day. Same types as in the steps before. `entry` is what was filled in, as JSON. A day of
-- an entry is one row: whoever writes it fires it, and nobody else. `settings` holds what people change while the server runs.
CREATE TABLE schedule_entries (
    id TEXT NOT NULL PRIMARY KEY,
    entry TEXT NOT NULL,
    since BIGINT NOT NULL,
    made BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    who TEXT NOT NULL
);
CREATE TABLE schedule_days (
    entry TEXT NOT NULL,
    day BIGINT NOT NULL,
    name TEXT NOT NULL,
    due BIGINT NOT NULL,
    state TEXT NOT NULL,
    at BIGINT NOT NULL,
    who TEXT,
    reason TEXT,
    command TEXT,
    PRIMARY KEY (entry, day)
);
CREATE INDEX schedule_days_due ON schedule_days (due);
CREATE TABLE settings (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL,
    changed BIGINT NOT NULL,
    who TEXT NOT NULL
);
