-- What was asked of the producer, by whom, and what became of it. Same types as in the steps before. `idem` is what makes a repeated
-- request the same one. `lane` is held by a command that waits for its answer, so that no second one comes beside it; until
-- `lane_until`, should its server die.
CREATE TABLE commands (
    id TEXT NOT NULL PRIMARY KEY,
    idem TEXT NOT NULL,
    lane TEXT,
    lane_until BIGINT NOT NULL,
    kind TEXT NOT NULL,
    what TEXT NOT NULL,
    who TEXT NOT NULL,
    role TEXT NOT NULL,
    address TEXT NOT NULL,
    parameters TEXT NOT NULL,
    asked BIGINT NOT NULL,
    way TEXT NOT NULL,
    state TEXT NOT NULL,
    since BIGINT NOT NULL,
    run TEXT,
    of_run TEXT,
    reason TEXT,
    count BIGINT NOT NULL
);
CREATE UNIQUE INDEX commands_idem ON commands (idem);
CREATE UNIQUE INDEX commands_lane ON commands (lane);
CREATE INDEX commands_asked ON commands (asked, id);
CREATE INDEX commands_run ON commands (run);
CREATE INDEX commands_of ON commands (of_run);
