-- What belongs to one symbol and year is one row: a night writes one row per symbol, a first import a dozen.
CREATE TABLE IF NOT EXISTS bars (
    symbol TEXT NOT NULL, year BIGINT NOT NULL, packed {bytes} NOT NULL,
    PRIMARY KEY (symbol, year));
CREATE TABLE IF NOT EXISTS indicator_values (
    symbol TEXT NOT NULL, frame TEXT NOT NULL, year BIGINT NOT NULL, packed {bytes} NOT NULL,
    PRIMARY KEY (symbol, frame, year));
CREATE TABLE IF NOT EXISTS found_patterns (
    symbol TEXT NOT NULL, frame TEXT NOT NULL, year BIGINT NOT NULL, packed {bytes} NOT NULL,
    PRIMARY KEY (symbol, frame, year));
CREATE TABLE IF NOT EXISTS symbols (
    symbol TEXT NOT NULL PRIMARY KEY, is_generated BIGINT NOT NULL, name TEXT, kind TEXT NOT NULL, market_cap {double}, sector TEXT,
    listed BIGINT, delisted BIGINT);
CREATE TABLE IF NOT EXISTS universes (
    name TEXT NOT NULL PRIMARY KEY, synced_at BIGINT NOT NULL);
CREATE TABLE IF NOT EXISTS members (
    universe TEXT NOT NULL, symbol TEXT NOT NULL,
    PRIMARY KEY (universe, symbol));
CREATE TABLE IF NOT EXISTS runs (
    id TEXT NOT NULL, attempt BIGINT NOT NULL, plan TEXT NOT NULL, who TEXT NOT NULL, began_at BIGINT NOT NULL,
    ended_at BIGINT, status TEXT, message TEXT,
    PRIMARY KEY (id, attempt));
CREATE INDEX IF NOT EXISTS runs_by_time ON runs (began_at);
CREATE TABLE IF NOT EXISTS outcomes (
    run TEXT NOT NULL, phase TEXT NOT NULL, symbol TEXT NOT NULL, state TEXT NOT NULL, code TEXT, message TEXT, figure BIGINT NOT NULL,
    PRIMARY KEY (run, phase, symbol));
CREATE TABLE IF NOT EXISTS outbox (
    n {counter}, channel TEXT NOT NULL, message {bytes} NOT NULL);

-- What was set and is to survive a restart: the schedule.
CREATE TABLE IF NOT EXISTS settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
