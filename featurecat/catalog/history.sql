-- What became of every feature: one row for each state that it was in, from the snapshots.

CREATE TABLE private.feature_history(
    feature VARCHAR, since_snapshot VARCHAR, since TIMESTAMP, git_commit VARCHAR, until_snapshot VARCHAR,
    until TIMESTAMP, change VARCHAR, changes VARCHAR[], previous VARCHAR, role VARCHAR, dtype VARCHAR, unit VARCHAR,
    entity VARCHAR[], grain VARCHAR, status VARCHAR, owners VARCHAR[], tags MAP(VARCHAR, VARCHAR[]), doc VARCHAR,
    file VARCHAR, line INTEGER, fingerprint VARCHAR, source_text VARCHAR);
COMMENT ON TABLE private.feature_history IS 'One row per state of a public feature. Key: feature, since_snapshot.';
COMMENT ON COLUMN private.feature_history.feature IS 'Catalog key of the feature.';
COMMENT ON COLUMN private.feature_history.since_snapshot IS 'First snapshot with this state.';
COMMENT ON COLUMN private.feature_history.since IS 'When that was taken, UTC.';
COMMENT ON COLUMN private.feature_history.git_commit IS 'Commit that was checked out then.';
COMMENT ON COLUMN private.feature_history.until_snapshot IS 'First snapshot with another state, or without the feature; null for the state of today.';
COMMENT ON COLUMN private.feature_history.until IS 'When that was taken, UTC.';
COMMENT ON COLUMN private.feature_history.change IS 'Class of the change that led to it: breaking, behavioural, checks, added, metadata or cosmetic.';
COMMENT ON COLUMN private.feature_history.changes IS 'What changed, such as body or unit.';
COMMENT ON COLUMN private.feature_history.previous IS 'Name that the feature had before.';
COMMENT ON COLUMN private.feature_history.role IS 'feature or frame.';
COMMENT ON COLUMN private.feature_history.dtype IS 'Declared logical (Arrow) type.';
COMMENT ON COLUMN private.feature_history.unit IS 'Unit of measurement.';
COMMENT ON COLUMN private.feature_history.entity IS 'Entity key columns of the grain.';
COMMENT ON COLUMN private.feature_history.grain IS 'Name of the grain.';
COMMENT ON COLUMN private.feature_history.status IS 'Life-cycle status.';
COMMENT ON COLUMN private.feature_history.owners IS 'Who answered for it.';
COMMENT ON COLUMN private.feature_history.tags IS 'Tags with all their values.';
COMMENT ON COLUMN private.feature_history.doc IS 'Documentation text.';
COMMENT ON COLUMN private.feature_history.file IS 'File of its first variant, relative to the project root.';
COMMENT ON COLUMN private.feature_history.line IS 'First line of that function when the state began, counted from 1.';
COMMENT ON COLUMN private.feature_history.fingerprint IS 'Fingerprint of its first variant.';
COMMENT ON COLUMN private.feature_history.source_text IS 'Source code of its first variant.';

CREATE VIEW feature_history AS FROM private.feature_history;

-- A snapshot by the beginning of its name, by a commit, or by a time: then the one that held.
CREATE MACRO snapshot_at(ref) AS TABLE
WITH named AS (SELECT max(snapshot) AS snapshot FROM snapshots WHERE starts_with(snapshot, ref) HAVING count(*) = 1),
committed AS (
    SELECT max(snapshot) AS snapshot FROM snapshots WHERE length(ref) >= 4 AND starts_with(git_commit, ref)),
held AS (
    SELECT max(snapshot) AS snapshot FROM snapshots
    WHERE regexp_matches(ref, '^\d{4}-\d')
        AND (strftime(indexed_at, '%Y-%m-%dT%H:%M:%S.%f') <= replace(ref, ' ', 'T')
            OR starts_with(strftime(indexed_at, '%Y-%m-%dT%H:%M:%S.%f'), replace(ref, ' ', 'T'))))
SELECT s.* FROM snapshots s
WHERE s.snapshot = coalesce(
    (SELECT snapshot FROM named), (SELECT snapshot FROM committed), (SELECT snapshot FROM held));
COMMENT ON MACRO TABLE snapshot_at IS 'The snapshot that the beginning of its name, a commit, or a time means: one row, or none.';

CREATE MACRO features_at(ref) AS TABLE
SELECT h.* FROM feature_history h, snapshot_at(ref) s
WHERE h.since_snapshot <= s.snapshot AND (h.until_snapshot IS NULL OR h.until_snapshot > s.snapshot)
ORDER BY h.feature;
COMMENT ON MACRO TABLE features_at IS 'The public features as they were at a snapshot, commit or time.';

CREATE MACRO timeline(x) AS TABLE
WITH states AS (
    SELECT *, lead(since_snapshot) OVER (ORDER BY since_snapshot) AS next_snapshot
    FROM feature_history WHERE feature = x)
SELECT since AS at, since_snapshot AS snapshot, git_commit, change, changes, previous, dtype, unit, status, owners,
    fingerprint, source_text FROM states
UNION ALL
SELECT s.until, s.until_snapshot, n.git_commit, 'breaking', ['removed'], NULL, NULL, NULL, NULL, [], NULL, NULL
FROM states s LEFT JOIN snapshots n ON n.snapshot = s.until_snapshot
WHERE s.until_snapshot IS NOT NULL AND s.next_snapshot IS DISTINCT FROM s.until_snapshot
ORDER BY snapshot;
COMMENT ON MACRO TABLE timeline IS 'What became of a feature, oldest first: when it was added, changed and removed.';
