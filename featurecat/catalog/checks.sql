-- Verdicts and profiles over time. A verdict counts as evaluated unless it is a skip, or was taken over from an earlier
-- run: only evaluated ones make flips and streaks. What holds is pass alone; no_data does not, as in a gate by default.

CREATE VIEW check_history AS
WITH known AS (
    SELECT c.*, r.committed_at, r.kind AS run_kind, r.status AS run_status,
        c.status <> 'skip' AND c.cached_from IS NULL AS evaluated,
        CASE WHEN c.rows > 0 THEN c.failing_rows / c.rows END AS share
    FROM check_results c JOIN runs r ON r.run_id = c.run_id),
compared AS (
    SELECT *, row_number() OVER history AS run_number,
        last_value(CASE WHEN evaluated THEN status END IGNORE NULLS) OVER past AS previous_status,
        last_value(CASE WHEN evaluated THEN share END IGNORE NULLS) OVER past AS previous_share
    FROM known
    WINDOW history AS (PARTITION BY feature, variant, check_id ORDER BY committed_at, run_id),
        past AS (
            PARTITION BY feature, variant, check_id ORDER BY committed_at, run_id
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)),
turned AS (
    SELECT *, coalesce(evaluated AND (status = 'pass') <> (previous_status = 'pass'), false) AS flipped FROM compared),
counted AS (
    SELECT *, (sum(flipped::INTEGER) OVER (
        PARTITION BY feature, variant, check_id ORDER BY committed_at, run_id
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW))::BIGINT AS flips
    FROM turned)
SELECT feature, variant, check_id, kind, params, severity, status, previous_status, evaluated, cached_from, flipped,
    flips,
    CASE
        WHEN CASE WHEN status = 'skip' THEN previous_status ELSE status END = 'pass' THEN NULL
        WHEN cached_from IS NOT NULL AND coalesce(previous_status = 'pass', true) THEN cached_from
        ELSE first_value(CASE WHEN evaluated THEN run_id END IGNORE NULLS) OVER (
            PARTITION BY feature, variant, check_id, flips ORDER BY committed_at, run_id
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
    END AS failing_since,
    observed, threshold, rows, failing_rows, share, share - previous_share AS share_change, message, sample, seconds,
    run_number, run_id, run_kind, committed_at, run_status
FROM counted;
COMMENT ON VIEW check_history IS 'Verdicts of expectations over time, each with the one before it, flips and streaks.';
COMMENT ON COLUMN check_history.feature IS 'Catalog key of the feature.';
COMMENT ON COLUMN check_history.variant IS 'Variant that was checked.';
COMMENT ON COLUMN check_history.check_id IS 'Id of the expectation.';
COMMENT ON COLUMN check_history.kind IS 'What was checked, such as range.';
COMMENT ON COLUMN check_history.params IS 'Parameters as JSON.';
COMMENT ON COLUMN check_history.severity IS 'info, warn, error or fatal.';
COMMENT ON COLUMN check_history.status IS 'pass, warn, fail, error, skip or no_data.';
COMMENT ON COLUMN check_history.previous_status IS 'Verdict when it was evaluated before; null when it never was.';
COMMENT ON COLUMN check_history.evaluated IS 'False for skips and for verdicts taken over from an earlier run.';
COMMENT ON COLUMN check_history.cached_from IS 'Run that the verdict was taken over from; null when it was evaluated.';
COMMENT ON COLUMN check_history.flipped IS 'True where it held and did not before, or the other way round.';
COMMENT ON COLUMN check_history.flips IS 'Number of flips up to this run.';
COMMENT ON COLUMN check_history.failing_since IS 'First run of the streak in which it has not held; null where it holds.';
COMMENT ON COLUMN check_history.observed IS 'What was measured, as JSON.';
COMMENT ON COLUMN check_history.threshold IS 'What was allowed, as JSON.';
COMMENT ON COLUMN check_history.rows IS 'Rows that were checked.';
COMMENT ON COLUMN check_history.failing_rows IS 'Rows that did not hold.';
COMMENT ON COLUMN check_history.share IS 'Rows that did not hold as a share of those checked, from 0 to 1.';
COMMENT ON COLUMN check_history.share_change IS 'That share less the one before it that is known.';
COMMENT ON COLUMN check_history.message IS 'The verdict in words.';
COMMENT ON COLUMN check_history.sample IS 'Rows at fault as JSON, each its keys and its value; null without any.';
COMMENT ON COLUMN check_history.seconds IS 'Duration in seconds.';
COMMENT ON COLUMN check_history.run_number IS 'Place in the history of the expectation, counted from 1.';
COMMENT ON COLUMN check_history.run_id IS 'Id of the run.';
COMMENT ON COLUMN check_history.run_kind IS 'materialize or check.';
COMMENT ON COLUMN check_history.committed_at IS 'When the run was committed, UTC.';
COMMENT ON COLUMN check_history.run_status IS 'Status of the run.';

CREATE VIEW checks AS
WITH owned AS (
    SELECT feature, string_agg(DISTINCT owner, ', ' ORDER BY owner) AS owner FROM owners GROUP BY feature),
latest AS (
    SELECT c.check_id, c.feature, c.variant, c.kind, c.params, c.severity, c.status, c.cached_from, c.observed,
        c.threshold, c.rows, c.failing_rows, CASE WHEN c.rows > 0 THEN c.failing_rows / c.rows END AS share, c.message,
        c.sample, c.seconds, c.run_id, newest.run_kind, newest.committed_at, newest.run_status
    FROM check_results c JOIN (
        SELECT c.feature, c.variant, c.check_id, arg_max(r.run_id, (r.committed_at, r.run_id)) AS run_id,
            arg_max(r.kind, (r.committed_at, r.run_id)) AS run_kind,
            arg_max(r.status, (r.committed_at, r.run_id)) AS run_status, max(r.committed_at) AS committed_at
        FROM check_results c JOIN runs r ON r.run_id = c.run_id GROUP BY ALL) newest
    ON newest.run_id = c.run_id AND newest.feature = c.feature AND newest.variant = c.variant
        AND newest.check_id = c.check_id)
SELECT coalesce(e.check_id, l.check_id) AS check_id, coalesce(e.feature, l.feature) AS feature,
    coalesce(e.variant, l.variant) AS variant, coalesce(e.kind, l.kind) AS kind, coalesce(e.params, l.params) AS params,
    coalesce(e.severity, l.severity) AS severity, e.fail_if, e.warn_if, e.check_id IS NOT NULL AS declared, e.origin,
    e.file, e.line, owned.owner, l.status, l.cached_from, l.observed, l.threshold, l.rows, l.failing_rows, l.share,
    l.message, l.sample, l.seconds, l.run_id, l.run_kind, l.committed_at, l.run_status
FROM expectations e
FULL JOIN latest l ON l.check_id = e.check_id AND l.feature = e.feature AND l.variant = e.variant
LEFT JOIN owned ON owned.feature = coalesce(e.feature, l.feature);
COMMENT ON VIEW checks IS 'Every expectation with its latest verdict; those no longer declared, too.';
COMMENT ON COLUMN checks.check_id IS 'Id of the expectation.';
COMMENT ON COLUMN checks.feature IS 'Catalog key of the feature.';
COMMENT ON COLUMN checks.variant IS 'Variant it belongs to.';
COMMENT ON COLUMN checks.kind IS 'What is checked, such as range.';
COMMENT ON COLUMN checks.params IS 'Parameters as JSON.';
COMMENT ON COLUMN checks.severity IS 'info, warn, error or fatal, as declared now.';
COMMENT ON COLUMN checks.fail_if IS 'From how many rows at fault on it fails.';
COMMENT ON COLUMN checks.warn_if IS 'From how many rows at fault on it warns.';
COMMENT ON COLUMN checks.declared IS 'False when the code no longer declares it.';
COMMENT ON COLUMN checks.origin IS 'What declared it.';
COMMENT ON COLUMN checks.file IS 'File that declares it, relative to the project.';
COMMENT ON COLUMN checks.line IS 'Line that declares it, counted from 1.';
COMMENT ON COLUMN checks.owner IS 'Owners of the feature, joined by a comma.';
COMMENT ON COLUMN checks.status IS 'Latest verdict: pass, warn, fail, error, skip or no_data; null when there is none yet.';
COMMENT ON COLUMN checks.cached_from IS 'Run that the verdict was taken over from; null when it was evaluated.';
COMMENT ON COLUMN checks.observed IS 'What was measured, as JSON.';
COMMENT ON COLUMN checks.threshold IS 'What was allowed, as JSON.';
COMMENT ON COLUMN checks.rows IS 'Rows that were checked.';
COMMENT ON COLUMN checks.failing_rows IS 'Rows that did not hold.';
COMMENT ON COLUMN checks.share IS 'Rows that did not hold as a share of those checked, from 0 to 1.';
COMMENT ON COLUMN checks.message IS 'The verdict in words.';
COMMENT ON COLUMN checks.sample IS 'Rows at fault as JSON, each its keys and its value; null without any.';
COMMENT ON COLUMN checks.seconds IS 'Duration in seconds.';
COMMENT ON COLUMN checks.run_id IS 'Run of the verdict.';
COMMENT ON COLUMN checks.run_kind IS 'materialize or check.';
COMMENT ON COLUMN checks.committed_at IS 'When that run was committed, UTC.';
COMMENT ON COLUMN checks.run_status IS 'Status of that run.';

CREATE VIEW profiles AS
WITH found AS (
    SELECT m.*, r.committed_at, r.kind AS run_kind, r.status AS run_status, m.profile->>'kind' AS kind,
        TRY_CAST(m.profile->>'rows' AS BIGINT) AS rows, TRY_CAST(m.profile->>'nulls' AS BIGINT) AS nulls
    FROM materializations m JOIN runs r ON r.run_id = m.run_id
    WHERE m.profile IS NOT NULL)
SELECT feature, variant, "column", kind, rows, nulls, CASE WHEN rows > 0 THEN nulls / rows END AS null_share,
    TRY_CAST(profile->>'distinct' AS BIGINT) AS distinct_values, profile->>'distinct_method' AS distinct_method,
    CASE WHEN kind = 'number' THEN TRY_CAST(profile->>'min' AS DOUBLE) END AS min,
    CASE WHEN kind = 'number' THEN TRY_CAST(profile->>'max' AS DOUBLE) END AS max,
    CASE WHEN kind IN ('number', 'boolean') THEN TRY_CAST(profile->>'mean' AS DOUBLE) END AS mean,
    TRY_CAST(profile->>'std' AS DOUBLE) AS std,
    CASE WHEN kind = 'moment' THEN TRY_CAST(rtrim(profile->>'min', 'Z') AS TIMESTAMP) END AS earliest,
    CASE WHEN kind = 'moment' THEN TRY_CAST(rtrim(profile->>'max', 'Z') AS TIMESTAMP) END AS latest,
    profile->'quantiles' AS quantiles, profile->'histogram' AS histogram, profile->'top' AS top, run_id, run_kind,
    committed_at, run_status
FROM found;
COMMENT ON VIEW profiles IS 'Figures of the values of each feature in each run, as columns.';
COMMENT ON COLUMN profiles.feature IS 'Catalog key of the feature.';
COMMENT ON COLUMN profiles.variant IS 'Variant that was used.';
COMMENT ON COLUMN profiles."column" IS 'Column of the file.';
COMMENT ON COLUMN profiles.kind IS 'number, moment, text, boolean or other.';
COMMENT ON COLUMN profiles.rows IS 'Number of rows.';
COMMENT ON COLUMN profiles.nulls IS 'Missing values, null and NaN alike.';
COMMENT ON COLUMN profiles.null_share IS 'Missing values as a share of the rows, from 0 to 1.';
COMMENT ON COLUMN profiles.distinct_values IS 'Number of different values, missing ones left out.';
COMMENT ON COLUMN profiles.distinct_method IS 'exact, or hyperloglog where the number is an estimate.';
COMMENT ON COLUMN profiles.min IS 'Least number.';
COMMENT ON COLUMN profiles.max IS 'Greatest number.';
COMMENT ON COLUMN profiles.mean IS 'Mean of numbers; of booleans the share that is true.';
COMMENT ON COLUMN profiles.std IS 'Standard deviation (n - 1); of moments in seconds.';
COMMENT ON COLUMN profiles.earliest IS 'Least date or time of day and date, UTC where it has a zone.';
COMMENT ON COLUMN profiles.latest IS 'Greatest date or time of day and date, UTC where it has a zone.';
COMMENT ON COLUMN profiles.quantiles IS 'Quantiles by their share, as JSON.';
COMMENT ON COLUMN profiles.histogram IS 'Counts of equally wide bins from low to high, as JSON.';
COMMENT ON COLUMN profiles.top IS 'The most frequent values with their counts, as JSON.';
COMMENT ON COLUMN profiles.run_id IS 'Id of the run.';
COMMENT ON COLUMN profiles.run_kind IS 'materialize or check.';
COMMENT ON COLUMN profiles.committed_at IS 'When the run was committed, UTC.';
COMMENT ON COLUMN profiles.run_status IS 'Status of the run.';
