-- [First, in any session]
CREATE SCHEMA isocheck_replay;
SET search_path = isocheck_replay;
CREATE TABLE members (id BIGINT PRIMARY KEY, grp BIGINT, val BIGINT, version BIGINT, previous BIGINT);
CREATE INDEX members_0 ON members (grp);
INSERT INTO members VALUES
  (1, 1, 0, 1027, 0),
  (5, 1, 4, 2199023296513, 0);

-- [Session T1]
-- T1: join-other, client 3, transaction 88
SET search_path = isocheck_replay;
\! sleep $((20 - $(date +%s) % 20))
\! sleep 1
-- step 1
BEGIN ISOLATION LEVEL REPEATABLE READ;
\! sleep 1
-- step 2
SELECT id, grp, val, version, previous FROM members WHERE grp = 1 ORDER BY id; -- 1: grp = 1, val = 0; 5: grp = 1, val = 4
\! sleep 3
-- step 5
SELECT id, grp, val, version, previous FROM members WHERE grp = 2 ORDER BY id; -- no row
\! sleep 2
-- step 7
INSERT INTO members (id, grp, val, version, previous) VALUES (3000088, 2, 7, 3298534973442, 0) RETURNING id, previous; -- inserted 3000088
\! sleep 3
-- step 10
COMMIT;

-- [Session T2]
-- T2: join-other, client 4, transaction 91
SET search_path = isocheck_replay;
\! sleep $((20 - $(date +%s) % 20))
\! sleep 3
-- step 3
BEGIN ISOLATION LEVEL REPEATABLE READ;
\! sleep 1
-- step 4
SELECT id, grp, val, version, previous FROM members WHERE grp = 2 ORDER BY id; -- no row
\! sleep 2
-- step 6
SELECT id, grp, val, version, previous FROM members WHERE grp = 1 ORDER BY id; -- 1: grp = 1, val = 0; 5: grp = 1, val = 4
\! sleep 2
-- step 8
INSERT INTO members (id, grp, val, version, previous) VALUES (4000091, 1, 2, 4398046604290, 0) RETURNING id, previous; -- inserted 4000091
\! sleep 1
-- step 9
COMMIT;

-- [At the end, in session T1]
DROP SCHEMA isocheck_replay CASCADE;

