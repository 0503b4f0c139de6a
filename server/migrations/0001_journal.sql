-- Everything that was heard, and what became of it. One set for SQLite and PostgreSQL: only TEXT, BIGINT, DOUBLE PRECISION, BYTEA;
-- ids are made by us; moments are UTC milliseconds; records are written as they are on the wire.

-- The log: every message in the order in which it was taken. `source`: c(hannel), s(tream), h(ttp), o(wn).
CREATE TABLE events (
    n BIGINT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    source TEXT NOT NULL,
    stream_id TEXT,
    channel TEXT NOT NULL,
    fingerprint BIGINT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    run TEXT,
    symbol TEXT,
    length BIGINT NOT NULL,
    raw BYTEA NOT NULL
);
CREATE INDEX events_at ON events (at);
CREATE INDEX events_run ON events (run, n);

-- The same message by another way: it is not an event of its own.
CREATE TABLE twins (
    at BIGINT NOT NULL,
    fingerprint BIGINT NOT NULL,
    source TEXT NOT NULL
);
CREATE INDEX twins_at ON twins (at);

CREATE TABLE runs (
    run BIGINT NOT NULL PRIMARY KEY,
    id TEXT NOT NULL,
    night BIGINT NOT NULL,
    started BIGINT NOT NULL,
    ended BIGINT,
    status TEXT NOT NULL,
    verdict TEXT NOT NULL,
    trigger_word TEXT,
    universes TEXT NOT NULL,
    symbols BIGINT NOT NULL,
    failed BIGINT NOT NULL,
    simulated BIGINT NOT NULL,
    record TEXT NOT NULL,
    sync TEXT
);
CREATE UNIQUE INDEX runs_id ON runs (id, started);
CREATE INDEX runs_night ON runs (night, started);

CREATE TABLE phases (
    run BIGINT NOT NULL,
    phase TEXT NOT NULL,
    position BIGINT NOT NULL,
    record TEXT NOT NULL,
    progress TEXT NOT NULL,
    marks TEXT,
    PRIMARY KEY (run, phase)
);

-- What became of a symbol in a run; the columns are of its failure, or else of its last outcome.
CREATE TABLE symbols (
    run BIGINT NOT NULL,
    symbol TEXT NOT NULL,
    night BIGINT NOT NULL,
    failed BIGINT NOT NULL,
    newly BIGINT NOT NULL,
    phase TEXT NOT NULL,
    code TEXT,
    millis BIGINT NOT NULL,
    made BIGINT NOT NULL,
    record TEXT NOT NULL,
    PRIMARY KEY (run, symbol)
);
CREATE INDEX symbols_night ON symbols (symbol, night);

-- Failures by cause (`kind` c) and error messages by code (e).
CREATE TABLE problems (
    run BIGINT NOT NULL,
    kind TEXT NOT NULL,
    code TEXT NOT NULL,
    record TEXT NOT NULL,
    PRIMARY KEY (run, kind, code)
);

-- The latest value of each indicator; every pattern that was found.
CREATE TABLE indicators (
    symbol TEXT NOT NULL,
    name TEXT NOT NULL,
    frame TEXT NOT NULL,
    at BIGINT NOT NULL,
    run TEXT,
    body TEXT NOT NULL,
    PRIMARY KEY (symbol, name, frame)
);
CREATE INDEX indicators_at ON indicators (at);

CREATE TABLE patterns (
    symbol TEXT NOT NULL,
    name TEXT NOT NULL,
    frame TEXT NOT NULL,
    at BIGINT NOT NULL,
    confidence DOUBLE PRECISION,
    run TEXT,
    body TEXT NOT NULL,
    PRIMARY KEY (symbol, name, frame, at)
);

-- The board as it was after event `n`, part by part: `board`, or the slot of a run.
CREATE TABLE keyframes (
    n BIGINT NOT NULL,
    part TEXT NOT NULL,
    at BIGINT NOT NULL,
    body BYTEA NOT NULL,
    PRIMARY KEY (n, part)
);
CREATE INDEX keyframes_at ON keyframes (at);

-- Up to which entry the stream has been taken.
CREATE TABLE cursors (
    name TEXT NOT NULL PRIMARY KEY,
    position TEXT NOT NULL
);

-- Who writes. One row: the holder renews it, and every transaction checks it.
CREATE TABLE lease (
    name TEXT NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,
    token BIGINT NOT NULL,
    until BIGINT NOT NULL
);

-- Messages about single values, which need not stay once a keyframe has counted them.
CREATE INDEX events_values ON events (n) WHERE kind = 'value';
