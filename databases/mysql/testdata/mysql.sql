DROP TABLE IF EXISTS accounts;
CREATE TABLE accounts (
  id BIGINT NOT NULL PRIMARY KEY,
  owner VARCHAR(255),
  balance BIGINT,
  `order` MEDIUMTEXT,
  version BIGINT NOT NULL,
  previous BIGINT NOT NULL,
  CHECK (balance >= 0),
  KEY by_0 (owner)
) ENGINE = InnoDB, DEFAULT CHARACTER SET = utf8mb4, COLLATE = utf8mb4_0900_bin

INSERT INTO accounts (id, owner, balance, `order`, version, previous) VALUES (?, ?, ?, ?, ?, 0)
INSERT INTO accounts (id, owner, balance, `order`, version, previous) VALUES ({key}, {set.0}, {set.1}, {set.2}, {version}, 0)

UPDATE accounts SET balance = balance + ?, `order` = concat_ws(',', nullif(`order`, ''), ?), owner = ?, previous = LAST_INSERT_ID(version), version = ? WHERE id = ?
UPDATE accounts SET balance = balance + {set.0}, `order` = concat_ws(',', nullif(`order`, ''), {set.1}), owner = {set.2}, previous = LAST_INSERT_ID(version), version = {version} WHERE id = {key}

UPDATE accounts SET balance = balance + ?, `order` = concat_ws(',', nullif(`order`, ''), ?), owner = ?, previous = IF((@written := concat(if(substring_index(@written, ' ', 1) = ?, @written, ?), ' ', id, ' ', version)) IS NULL, 0, version), version = ? WHERE owner = ? AND balance >= ?
UPDATE accounts SET balance = balance + {set.0}, `order` = concat_ws(',', nullif(`order`, ''), {set.1}), owner = {set.2}, previous = IF((@written := concat(if(substring_index(@written, ' ', 1) = {version}, @written, {version}), ' ', id, ' ', version)) IS NULL, 0, version), version = {version} WHERE owner = {where.0} AND balance >= {where.1}

UPDATE accounts SET balance = balance + ?, `order` = concat_ws(',', nullif(`order`, ''), ?), owner = ?, previous = IF((@written := concat(if(substring_index(@written, ' ', 1) = ?, @written, ?), ' ', id, ' ', version)) IS NULL, 0, version), version = ?
UPDATE accounts SET balance = balance + {set.0}, `order` = concat_ws(',', nullif(`order`, ''), {set.1}), owner = {set.2}, previous = IF((@written := concat(if(substring_index(@written, ' ', 1) = {version}, @written, {version}), ' ', id, ' ', version)) IS NULL, 0, version), version = {version}

DELETE FROM accounts WHERE id = ? AND LAST_INSERT_ID(version) <> 0
DELETE FROM accounts WHERE id = {key} AND LAST_INSERT_ID(version) <> 0

DELETE FROM accounts WHERE owner = ? AND balance >= ? AND (@written := concat(if(substring_index(@written, ' ', 1) = ?, @written, ?), ' ', id, ' ', version)) IS NOT NULL
DELETE FROM accounts WHERE owner = {where.0} AND balance >= {where.1} AND (@written := concat(if(substring_index(@written, ' ', 1) = {version}, @written, {version}), ' ', id, ' ', version)) IS NOT NULL

DELETE FROM accounts WHERE (@written := concat(if(substring_index(@written, ' ', 1) = ?, @written, ?), ' ', id, ' ', version)) IS NOT NULL
DELETE FROM accounts WHERE (@written := concat(if(substring_index(@written, ' ', 1) = {version}, @written, {version}), ' ', id, ' ', version)) IS NOT NULL

INSERT INTO accounts (id, `order`, version, previous) VALUES (?, ?, ?, 0) ON DUPLICATE KEY UPDATE `order` = concat_ws(',', nullif(`order`, ''), ?), previous = LAST_INSERT_ID(version), version = ?
INSERT INTO accounts (id, `order`, version, previous) VALUES ({key}, {set.0}, {version}, 0) ON DUPLICATE KEY UPDATE `order` = concat_ws(',', nullif(`order`, ''), {set.0}), previous = LAST_INSERT_ID(version), version = {version}

UPDATE accounts SET balance = balance + ?, `order` = concat_ws(',', nullif(`order`, ''), ?), owner = ?, previous = LAST_INSERT_ID(version), version = ? WHERE id = ? AND owner = ? AND balance >= ?
UPDATE accounts SET balance = balance + {set.0}, `order` = concat_ws(',', nullif(`order`, ''), {set.1}), owner = {set.2}, previous = LAST_INSERT_ID(version), version = {version} WHERE id = {key} AND owner = {where.0} AND balance >= {where.1}

DELETE FROM accounts WHERE id = ? AND owner = ? AND balance >= ? AND LAST_INSERT_ID(version) <> 0
DELETE FROM accounts WHERE id = {key} AND owner = {where.0} AND balance >= {where.1} AND LAST_INSERT_ID(version) <> 0

INSERT INTO accounts (id, owner, balance, `order`, version, previous) VALUES (?, ?, ?, ?, ?, 0) ON DUPLICATE KEY UPDATE id = id
INSERT INTO accounts (id, owner, balance, `order`, version, previous) VALUES ({key}, {set.0}, {set.1}, {set.2}, {version}, 0) ON DUPLICATE KEY UPDATE id = id

INSERT INTO accounts (id, owner, balance, `order`, version, previous) VALUES (?, ?, ?, ?, ?, 0) ON DUPLICATE KEY UPDATE balance = balance + ?, `order` = concat_ws(',', nullif(`order`, ''), ?), owner = ?, previous = LAST_INSERT_ID(version), version = ?
INSERT INTO accounts (id, owner, balance, `order`, version, previous) VALUES ({key}, {set.0}, {set.1}, {set.2}, {version}, 0) ON DUPLICATE KEY UPDATE balance = balance + {update.0}, `order` = concat_ws(',', nullif(`order`, ''), {update.1}), owner = {update.2}, previous = LAST_INSERT_ID(version), version = {version}

INSERT INTO accounts (id, owner, balance, `order`, version, previous) VALUES (?, ?, ?, ?, ?, 0) ON DUPLICATE KEY UPDATE previous = IF(owner = ? AND balance >= ?, LAST_INSERT_ID(version), previous), version = IF(owner = ? AND balance >= ?, ?, version), balance = IF(version = ?, balance + ?, balance), `order` = IF(version = ?, concat_ws(',', nullif(`order`, ''), ?), `order`), owner = IF(version = ?, ?, owner)
INSERT INTO accounts (id, owner, balance, `order`, version, previous) VALUES ({key}, {set.0}, {set.1}, {set.2}, {version}, 0) ON DUPLICATE KEY UPDATE previous = IF(owner = {where.0} AND balance >= {where.1}, LAST_INSERT_ID(version), previous), version = IF(owner = {where.0} AND balance >= {where.1}, {version}, version), balance = IF(version = {version}, balance + {update.0}, balance), `order` = IF(version = {version}, concat_ws(',', nullif(`order`, ''), {update.1}), `order`), owner = IF(version = {version}, {update.2}, owner)

SELECT GET_LOCK(?, @@innodb_lock_wait_timeout)
SELECT GET_LOCK({key}, @@innodb_lock_wait_timeout)

SELECT id, owner, balance, `order`, version, previous FROM accounts WHERE id = ?
SELECT id, owner, balance, `order`, version, previous FROM accounts WHERE id = {key}

SELECT id, owner, balance, `order`, version, previous FROM accounts WHERE owner = ? AND balance >= ? ORDER BY id
SELECT id, owner, balance, `order`, version, previous FROM accounts WHERE owner = {where.0} AND balance >= {where.1} ORDER BY id

SELECT id, owner, balance, `order`, version, previous FROM accounts WHERE id = ? FOR SHARE
SELECT id, owner, balance, `order`, version, previous FROM accounts WHERE id = {key} FOR SHARE

SELECT id, owner, balance, `order`, version, previous FROM accounts WHERE owner = ? AND balance >= ? ORDER BY id LIMIT 3 FOR SHARE
SELECT id, owner, balance, `order`, version, previous FROM accounts WHERE owner = {where.0} AND balance >= {where.1} ORDER BY id LIMIT 3 FOR SHARE

SELECT id, owner, balance, `order`, version, previous FROM accounts WHERE id = ? FOR UPDATE
SELECT id, owner, balance, `order`, version, previous FROM accounts WHERE id = {key} FOR UPDATE

SELECT id, owner, balance, `order`, version, previous FROM accounts WHERE owner = ? AND balance >= ? ORDER BY id FOR UPDATE
SELECT id, owner, balance, `order`, version, previous FROM accounts WHERE owner = {where.0} AND balance >= {where.1} ORDER BY id FOR UPDATE

SELECT id, owner, balance, `order`, version, previous FROM accounts WHERE id = ? FOR UPDATE NOWAIT
SELECT id, owner, balance, `order`, version, previous FROM accounts WHERE id = {key} FOR UPDATE NOWAIT

SELECT id, owner, balance, `order`, version, previous FROM accounts WHERE owner = ? AND balance >= ? ORDER BY id LIMIT 3 FOR UPDATE NOWAIT
SELECT id, owner, balance, `order`, version, previous FROM accounts WHERE owner = {where.0} AND balance >= {where.1} ORDER BY id LIMIT 3 FOR UPDATE NOWAIT

SELECT id, owner, balance, `order`, version, previous FROM accounts WHERE id = ? FOR UPDATE SKIP LOCKED
SELECT id, owner, balance, `order`, version, previous FROM accounts WHERE id = {key} FOR UPDATE SKIP LOCKED

SELECT id, owner, balance, `order`, version, previous FROM accounts WHERE owner = ? AND balance >= ? ORDER BY id FOR UPDATE SKIP LOCKED
SELECT id, owner, balance, `order`, version, previous FROM accounts WHERE owner = {where.0} AND balance >= {where.1} ORDER BY id FOR UPDATE SKIP LOCKED
