DROP TABLE IF EXISTS accounts;
CREATE TABLE accounts (
  id BIGINT PRIMARY KEY,
  owner TEXT COLLATE "C",
  balance BIGINT,
  "order" TEXT COLLATE "C",
  version BIGINT NOT NULL,
  previous BIGINT NOT NULL,
  CHECK (balance >= 0)
);
CREATE INDEX accounts_by_0 ON accounts (owner);
CREATE UNIQUE INDEX accounts_unique_2 ON accounts ("order")

INSERT INTO accounts (id, owner, balance, "order", version, previous) VALUES ($1, $2, $3, $4, $5, 0) RETURNING id, previous
INSERT INTO accounts (id, owner, balance, "order", version, previous) VALUES ({key}, {set.0}, {set.1}, {set.2}, {version}, 0) RETURNING id, previous

UPDATE accounts SET balance = balance + $1, "order" = concat_ws(',', nullif("order", ''), $2::text), owner = $3, previous = version, version = $4 WHERE id = $5 RETURNING id, previous
UPDATE accounts SET balance = balance + {set.0}, "order" = concat_ws(',', nullif("order", ''), {set.1}), owner = {set.2}, previous = version, version = {version} WHERE id = {key} RETURNING id, previous

UPDATE accounts SET balance = balance + $1, "order" = concat_ws(',', nullif("order", ''), $2::text), owner = $3, previous = version, version = $4 WHERE owner = $5 AND balance >= $6 RETURNING id, previous
UPDATE accounts SET balance = balance + {set.0}, "order" = concat_ws(',', nullif("order", ''), {set.1}), owner = {set.2}, previous = version, version = {version} WHERE owner = {where.0} AND balance >= {where.1} RETURNING id, previous

UPDATE accounts SET balance = balance + $1, "order" = concat_ws(',', nullif("order", ''), $2::text), owner = $3, previous = version, version = $4 RETURNING id, previous
UPDATE accounts SET balance = balance + {set.0}, "order" = concat_ws(',', nullif("order", ''), {set.1}), owner = {set.2}, previous = version, version = {version} RETURNING id, previous

DELETE FROM accounts WHERE id = $1 RETURNING id, version
DELETE FROM accounts WHERE id = {key} RETURNING id, version

DELETE FROM accounts WHERE owner = $1 AND balance >= $2 RETURNING id, version
DELETE FROM accounts WHERE owner = {where.0} AND balance >= {where.1} RETURNING id, version

DELETE FROM accounts RETURNING id, version
DELETE FROM accounts RETURNING id, version

INSERT INTO accounts (id, "order", version, previous) VALUES ($1, $2, $3, 0) ON CONFLICT (id) DO UPDATE SET "order" = concat_ws(',', nullif(accounts."order", ''), $4::text), previous = accounts.version, version = $5 RETURNING id, previous
INSERT INTO accounts (id, "order", version, previous) VALUES ({key}, {set.0}, {version}, 0) ON CONFLICT (id) DO UPDATE SET "order" = concat_ws(',', nullif(accounts."order", ''), {set.0}), previous = accounts.version, version = {version} RETURNING id, previous

UPDATE accounts SET balance = balance + $1, "order" = concat_ws(',', nullif("order", ''), $2::text), owner = $3, previous = version, version = $4 WHERE id = $5 AND owner = $6 AND balance >= $7 RETURNING id, previous
UPDATE accounts SET balance = balance + {set.0}, "order" = concat_ws(',', nullif("order", ''), {set.1}), owner = {set.2}, previous = version, version = {version} WHERE id = {key} AND owner = {where.0} AND balance >= {where.1} RETURNING id, previous

DELETE FROM accounts WHERE id = $1 AND owner = $2 AND balance >= $3 RETURNING id, version
DELETE FROM accounts WHERE id = {key} AND owner = {where.0} AND balance >= {where.1} RETURNING id, version

INSERT INTO accounts (id, owner, balance, "order", version, previous) VALUES ($1, $2, $3, $4, $5, 0) ON CONFLICT DO NOTHING RETURNING id, previous
INSERT INTO accounts (id, owner, balance, "order", version, previous) VALUES ({key}, {set.0}, {set.1}, {set.2}, {version}, 0) ON CONFLICT DO NOTHING RETURNING id, previous

INSERT INTO accounts (id, owner, balance, "order", version, previous) VALUES ($1, $2, $3, $4, $5, 0) ON CONFLICT (id) DO UPDATE SET balance = accounts.balance + $6, "order" = concat_ws(',', nullif(accounts."order", ''), $7::text), owner = $8, previous = accounts.version, version = $9 RETURNING id, previous
INSERT INTO accounts (id, owner, balance, "order", version, previous) VALUES ({key}, {set.0}, {set.1}, {set.2}, {version}, 0) ON CONFLICT (id) DO UPDATE SET balance = accounts.balance + {update.0}, "order" = concat_ws(',', nullif(accounts."order", ''), {update.1}), owner = {update.2}, previous = accounts.version, version = {version} RETURNING id, previous

INSERT INTO accounts (id, owner, balance, "order", version, previous) VALUES ($1, $2, $3, $4, $5, 0) ON CONFLICT (id) DO UPDATE SET balance = accounts.balance + $6, "order" = concat_ws(',', nullif(accounts."order", ''), $7::text), owner = $8, previous = accounts.version, version = $9 WHERE accounts.owner = $10 AND accounts.balance >= $11 RETURNING id, previous
INSERT INTO accounts (id, owner, balance, "order", version, previous) VALUES ({key}, {set.0}, {set.1}, {set.2}, {version}, 0) ON CONFLICT (id) DO UPDATE SET balance = accounts.balance + {update.0}, "order" = concat_ws(',', nullif(accounts."order", ''), {update.1}), owner = {update.2}, previous = accounts.version, version = {version} WHERE accounts.owner = {where.0} AND accounts.balance >= {where.1} RETURNING id, previous

SELECT pg_advisory_xact_lock($1)
SELECT pg_advisory_xact_lock({key})

SELECT id, owner, balance, "order", version, previous FROM accounts WHERE id = $1
SELECT id, owner, balance, "order", version, previous FROM accounts WHERE id = {key}

SELECT id, owner, balance, "order", version, previous FROM accounts WHERE owner = $1 AND balance >= $2 ORDER BY id
SELECT id, owner, balance, "order", version, previous FROM accounts WHERE owner = {where.0} AND balance >= {where.1} ORDER BY id

SELECT id, owner, balance, "order", version, previous FROM accounts WHERE id = $1 FOR SHARE
SELECT id, owner, balance, "order", version, previous FROM accounts WHERE id = {key} FOR SHARE

SELECT id, owner, balance, "order", version, previous FROM accounts WHERE owner = $1 AND balance >= $2 ORDER BY id LIMIT 3 FOR SHARE
SELECT id, owner, balance, "order", version, previous FROM accounts WHERE owner = {where.0} AND balance >= {where.1} ORDER BY id LIMIT 3 FOR SHARE

SELECT id, owner, balance, "order", version, previous FROM accounts WHERE id = $1 FOR UPDATE
SELECT id, owner, balance, "order", version, previous FROM accounts WHERE id = {key} FOR UPDATE

SELECT id, owner, balance, "order", version, previous FROM accounts WHERE owner = $1 AND balance >= $2 ORDER BY id FOR UPDATE
SELECT id, owner, balance, "order", version, previous FROM accounts WHERE owner = {where.0} AND balance >= {where.1} ORDER BY id FOR UPDATE

SELECT id, owner, balance, "order", version, previous FROM accounts WHERE id = $1 FOR UPDATE NOWAIT
SELECT id, owner, balance, "order", version, previous FROM accounts WHERE id = {key} FOR UPDATE NOWAIT

SELECT id, owner, balance, "order", version, previous FROM accounts WHERE owner = $1 AND balance >= $2 ORDER BY id LIMIT 3 FOR UPDATE NOWAIT
SELECT id, owner, balance, "order", version, previous FROM accounts WHERE owner = {where.0} AND balance >= {where.1} ORDER BY id LIMIT 3 FOR UPDATE NOWAIT

SELECT id, owner, balance, "order", version, previous FROM accounts WHERE id = $1 FOR UPDATE SKIP LOCKED
SELECT id, owner, balance, "order", version, previous FROM accounts WHERE id = {key} FOR UPDATE SKIP LOCKED

SELECT id, owner, balance, "order", version, previous FROM accounts WHERE owner = $1 AND balance >= $2 ORDER BY id FOR UPDATE SKIP LOCKED
SELECT id, owner, balance, "order", version, previous FROM accounts WHERE owner = {where.0} AND balance >= {where.1} ORDER BY id FOR UPDATE SKIP LOCKED
