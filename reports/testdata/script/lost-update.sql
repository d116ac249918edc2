-- [First, in any session]
CREATE SCHEMA isocheck_replay;
SET search_path = isocheck_replay;
CREATE TABLE counters (id BIGINT PRIMARY KEY, n BIGINT, version BIGINT, previous BIGINT);
INSERT INTO counters VALUES
  (3, 41, 2199023676417, 0);

-- [Session T1]
-- T1: increment, client 1, transaction 417
SET search_path = isocheck_replay;
\! sleep $((20 - $(date +%s) % 20))
\! sleep 1
-- step 1
BEGIN ISOLATION LEVEL READ COMMITTED;
\! sleep 1
-- step 2
SELECT id, n, version, previous FROM counters WHERE id = 3; -- 3: n = 41
\! sleep 4
-- step 6
UPDATE counters SET n = 42, previous = version, version = 1099512054785 WHERE id = 3 RETURNING id, previous; -- updated 3; took 5 ms, in which T2 committed
\! sleep 1
-- step 8
COMMIT;

-- [Session T2]
-- T2: increment, client 5, transaction 402
SET search_path = isocheck_replay;
\! sleep $((20 - $(date +%s) % 20))
\! sleep 3
-- step 3
BEGIN ISOLATION LEVEL READ COMMITTED;
\! sleep 1
-- step 4
SELECT id, n, version, previous FROM counters WHERE id = 3; -- 3: n = 41
\! sleep 1
-- step 5
UPDATE counters SET n = 42, previous = version, version = 5497558550529 WHERE id = 3 RETURNING id, previous; -- updated 3
\! sleep 2
-- step 7
COMMIT;

-- [At the end, in session T1]
DROP SCHEMA isocheck_replay CASCADE;

