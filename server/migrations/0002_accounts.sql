-- Who may: people and their sign-ins, programs and their tokens, and what all of them did. Same types as in the step before.

-- `name` as it is shown, `key` as it is compared. `password` in PHC format (argon2id).
CREATE TABLE users (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    key TEXT NOT NULL,
    role TEXT NOT NULL,
    password TEXT NOT NULL,
    must_change BIGINT NOT NULL,
    disabled BIGINT NOT NULL,
    created BIGINT NOT NULL
);
CREATE UNIQUE INDEX users_key ON users (key);

-- A browser that is signed in. `id` is a hash: who reads this table can't sign in with it. `idle`: milliseconds without a
-- request after which it ends, 0 for never; `until`: it ends then in any case.
CREATE TABLE sign_ins (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL,
    created BIGINT NOT NULL,
    seen BIGINT NOT NULL,
    idle BIGINT NOT NULL,
    until BIGINT NOT NULL,
    address TEXT NOT NULL,
    agent TEXT NOT NULL,
    ended TEXT
);
CREATE INDEX sign_ins_user ON sign_ins (user_id);
CREATE INDEX sign_ins_until ON sign_ins (until);

CREATE TABLE tokens (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    hash TEXT NOT NULL,
    scope TEXT NOT NULL,
    made_by TEXT NOT NULL,
    created BIGINT NOT NULL,
    until BIGINT NOT NULL,
    revoked BIGINT,
    used BIGINT
);
CREATE UNIQUE INDEX tokens_hash ON tokens (hash);

-- What was done, by whom, from where. Nothing here is ever changed or deleted; the database itself refuses it.
CREATE TABLE audit (
    n BIGINT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    who TEXT NOT NULL,
    role TEXT NOT NULL,
    address TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    outcome TEXT NOT NULL,
    before TEXT,
    after TEXT
);
CREATE INDEX audit_at ON audit (at);
CREATE INDEX audit_who ON audit (who, n);
