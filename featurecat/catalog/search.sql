-- Search, and features that are nearly the same.

CREATE MACRO search(term) AS TABLE
WITH words AS (
    SELECT DISTINCT unnest(string_split_regex(trim(lower(term)), '\s+')) AS word),
texts AS (
    SELECT f.feature, f.summary, f.owner, lower(f.name) AS name, lower(coalesce(f.doc, '')) AS prose,
        lower(concat_ws(' ', f.feature, f.unit, f.status, f.grain, f.owner, t.labels)) AS labels
    FROM public_features f LEFT JOIN (
        SELECT feature, string_agg("key" || ' ' || "value", ' ' ORDER BY "key", "value") AS labels
        FROM tags GROUP BY feature) t ON t.feature = f.feature)
SELECT feature,
    sum(CASE WHEN name = word THEN 8 WHEN starts_with(name, word) THEN 5 WHEN contains(name, word) THEN 4
        WHEN contains(labels, word) THEN 2 ELSE 1 END)::INTEGER AS score,
    any_value(summary) AS summary, any_value(owner) AS owner
FROM texts JOIN words ON contains(labels, word) OR contains(name, word) OR contains(prose, word)
GROUP BY feature HAVING count(*) = (SELECT count(*) FROM words)
ORDER BY score DESC, feature;
COMMENT ON MACRO TABLE search IS 'Public features whose name, labels or documentation hold every word of the term, best first.';
