-- Search, and features that are nearly the same. Names are unqualified, as in lineage.sql.
--
-- A word is a run of letters or of digits, so that dep_delay_7d, depDelay7d and "dep delay 7d" are the same words. A
-- word of the question stands for the words of the catalog that equal it, differ from it in their ending, begin with it,
-- are short for it (dep for departure) or hold it. Where none equals it or differs in the ending alone, it is also taken
-- for the word that is the fewest slips away. As in BM25F, rare words count for more, fields have weights, and a long
-- field counts for less than a short one. Who types a whole name, or nearly so, means that feature.

CREATE MACRO words_of(phrase) AS
    regexp_extract_all(lower(regexp_replace(phrase, '([\p{Ll}0-9])(\p{Lu})', '\1 \2', 'g')), '[\p{L}\p{M}]+|[0-9]+');
COMMENT ON MACRO words_of IS 'The words of a name or text as search takes them: runs of letters or of digits.';

CREATE MACRO same_stem(one, other) AS
    least(length(one), length(other)) >= 4 AND abs(length(one) - length(other)) <= 3
    AND starts_with(one, left(other, greatest(4, length(other) - 2)))
    AND starts_with(other, left(one, greatest(4, length(one) - 2)));
COMMENT ON MACRO same_stem IS 'Whether two words differ in nothing but a short ending: delay and delays, arrival and arrived.';

CREATE VIEW search_words AS
WITH phrases AS (
    SELECT feature, 'name' AS field, regexp_replace(name, '([\p{Ll}0-9])(\p{Lu})', '\1 \2', 'g') AS phrase
    FROM features WHERE public
    UNION ALL SELECT feature, 'summary', summary FROM features WHERE public
    UNION ALL SELECT feature, 'doc', substr(doc, length(coalesce(summary, '')) + 1) FROM features WHERE public
    UNION ALL SELECT feature, 'unit', unit FROM features WHERE public
    UNION ALL SELECT t.feature, 'tag', concat_ws(' ', t."key", t."value")
    FROM tags t SEMI JOIN features f ON f.feature = t.feature AND f.public
    UNION ALL SELECT o.feature, 'owner', o.owner
    FROM owners o SEMI JOIN features f ON f.feature = o.feature AND f.public
    UNION ALL SELECT c.feature, 'column', regexp_replace(c.name, '([\p{Ll}0-9])(\p{Lu})', '\1 \2', 'g')
    FROM (SELECT feature, name FROM columns UNION SELECT feature, "column" FROM column_reads WHERE "column" <> '*') c
    SEMI JOIN features f ON f.feature = c.feature AND f.public)
SELECT feature, field, regexp_extract_all(lower(phrase), '[\p{L}\p{M}]+|[0-9]+') AS words
FROM phrases WHERE phrase IS NOT NULL;
COMMENT ON VIEW search_words IS 'What search looks through: the words of each field of each public feature.';
COMMENT ON COLUMN search_words.feature IS 'Catalog key of the feature.';
COMMENT ON COLUMN search_words.field IS 'name, summary, doc (what follows the summary), unit, tag, owner or column.';
COMMENT ON COLUMN search_words.words IS 'Words in lower case, in order; one row for each tag, owner and column.';

CREATE MACRO search(term) AS TABLE
WITH asked AS (SELECT DISTINCT unnest(words_of(term)) AS word),
fields AS MATERIALIZED (SELECT feature, field, words, len(words) AS n FROM search_words),
vocabulary AS MATERIALIZED (SELECT word, count(*) AS n FROM (SELECT unnest(words) AS word FROM fields) GROUP BY word),
endings AS (
    SELECT DISTINCT a.word FROM asked a JOIN vocabulary v ON v.word = a.word OR same_stem(v.word, a.word)),
slips AS (
    SELECT a.word, v.word AS meant, damerau_levenshtein(a.word, v.word) AS distance
    FROM asked a ANTI JOIN endings e ON e.word = a.word
    JOIN vocabulary v ON length(a.word) >= 4 AND abs(length(v.word) - length(a.word)) <= 2
        AND damerau_levenshtein(a.word, v.word) <= CASE WHEN length(a.word) < 7 THEN 1 ELSE 2 END
    QUALIFY row_number() OVER (PARTITION BY a.word ORDER BY distance, v.n DESC, v.word) = 1),
readings AS (
    SELECT word, word AS meant, 1.0 AS trust FROM asked
    UNION ALL SELECT word, meant, CASE distance WHEN 1 THEN 0.8 ELSE 0.6 END FROM slips),
matched AS (
    SELECT r.word AS asked, v.word, max(r.trust * CASE
        WHEN v.word = r.meant THEN 1.0
        WHEN same_stem(v.word, r.meant) THEN 0.8
        WHEN starts_with(v.word, r.meant) OR starts_with(r.meant, v.word) THEN 0.7 ELSE 0.4 END) AS closeness
    FROM readings r JOIN vocabulary v ON v.word = r.meant OR same_stem(v.word, r.meant)
        OR (length(r.meant) >= 2 AND starts_with(v.word, r.meant))
        OR (length(v.word) >= 3 AND starts_with(r.meant, v.word))
        OR (length(r.meant) >= 4 AND contains(v.word, r.meant))
    GROUP BY r.word, v.word),
usual AS (SELECT field, avg(n) AS n FROM fields GROUP BY field),
hits AS (
    SELECT k.feature, m.asked, k.field, arg_max(k.word, (m.closeness, k.word)) AS word,
        max(m.closeness * CASE k.field WHEN 'name' THEN 6 WHEN 'summary' THEN 3 WHEN 'unit' THEN 3 WHEN 'doc' THEN 1 ELSE 2 END
            / (0.4 + 0.6 * k.n / u.n)) AS weight
    FROM (SELECT feature, field, n, unnest(words) AS word FROM fields) k
    JOIN matched m ON m.word = k.word JOIN usual u ON u.field = k.field
    GROUP BY k.feature, m.asked, k.field),
by_word AS MATERIALIZED (
    SELECT feature, asked, max(weight) + 0.3 * (sum(weight) - max(weight)) AS weight,
        arg_max(field || ': ' || word, (weight, field)) AS why
    FROM hits GROUP BY feature, asked),
rarity AS (
    SELECT asked, ln(1 + (t.n - count(*) + 0.5) / (count(*) + 0.5)) AS rarity
    FROM by_word, (SELECT count(*) AS n FROM features WHERE public) t GROUP BY asked, t.n),
scored AS (
    SELECT b.feature, sum(r.rarity) / (SELECT sum(rarity) FROM rarity) AS share, sum(r.rarity * b.weight) AS score,
        list(b.why ORDER BY r.rarity * b.weight DESC, b.asked) AS why
    FROM by_word b JOIN rarity r ON r.asked = b.asked GROUP BY b.feature),
good AS (
    SELECT s.*, array_to_string(words_of(term), ' ') AS phrase, array_to_string(words_of(f.name), ' ') AS name_phrase,
        array_to_string(words_of(f.feature), ' ') AS key_phrase, f.summary
    FROM scored s JOIN features f ON f.feature = s.feature WHERE s.share >= 0.5 * (SELECT max(share) FROM scored)),
owned AS (SELECT feature, string_agg(DISTINCT owner, ', ' ORDER BY owner) AS owner FROM owners GROUP BY feature)
SELECT g.feature, round(g.score * g.share * CASE WHEN g.phrase IN (g.name_phrase, g.key_phrase) THEN 3
        WHEN damerau_levenshtein(g.phrase, g.name_phrase) <= length(g.phrase) // 6 THEN 2 ELSE 1 END, 3) AS score,
    g.why, g.summary, owned.owner
FROM good g LEFT JOIN owned ON owned.feature = g.feature
ORDER BY score DESC, g.feature;
COMMENT ON MACRO TABLE search IS 'Public features by how well name, documentation, tags, owners, columns and unit fit the words of the term, best first, slips of the pen forgiven; why names the field and the word that each word of the term met.';

CREATE MACRO nearly_equal(one, other) AS abs(one - other) <= 1e-9 * greatest(abs(one), abs(other));
COMMENT ON MACRO nearly_equal IS 'Whether two figures are equal but for the rounding of their last digits.';

CREATE VIEW similar_features AS
WITH latest AS (
    SELECT p.feature, p.kind, p.rows, p.nulls, p.distinct_values, p.mean, p.std, p.min, p.max, p.earliest, p.latest,
        p.top, map_values(TRY_CAST(p.quantiles AS MAP(VARCHAR, DOUBLE))) AS quantiles
    FROM profiles p SEMI JOIN features f ON f.feature = p.feature AND f.public AND f.role = 'feature'
    WHERE p.run_status = 'published' AND p.distinct_values >= 10
    QUALIFY row_number() OVER (PARTITION BY p.feature ORDER BY p.committed_at DESC, p.run_id DESC, p."column") = 1),
alike AS (
    SELECT a.feature, b.feature AS other
    FROM latest a JOIN latest b ON b.kind = a.kind AND b.rows = a.rows AND b.nulls = a.nulls
        AND b.distinct_values = a.distinct_values AND a.feature < b.feature
    WHERE CASE a.kind
        WHEN 'number' THEN nearly_equal(a.mean, b.mean) AND nearly_equal(a.std, b.std)
            AND nearly_equal(a.min, b.min) AND nearly_equal(a.max, b.max)
            AND len(a.quantiles) = len(b.quantiles)
            AND list_bool_and(list_transform(
                list_zip(a.quantiles, b.quantiles), lambda pair: nearly_equal(pair[1], pair[2])))
        WHEN 'moment' THEN a.earliest = b.earliest AND a.latest = b.latest AND nearly_equal(a.std, b.std)
        WHEN 'text' THEN a.top::VARCHAR = b.top::VARCHAR END),
one_function AS (
    SELECT DISTINCT a.feature, b.feature AS other
    FROM alike JOIN variants a ON a.feature = alike.feature
    JOIN variants b ON b.feature = alike.other AND b.module = a.module AND b."function" = a."function"),
pairs AS (
    SELECT feature, other, method, score FROM similar_definitions
    UNION ALL SELECT feature, other, 'profile', 0.95::DOUBLE
    FROM alike ANTI JOIN one_function o ON o.feature = alike.feature AND o.other = alike.other)
SELECT feature, other, method, score FROM pairs
UNION ALL SELECT other, feature, method, score FROM pairs;
COMMENT ON VIEW similar_features IS 'Features that are nearly the same, each pair in both directions: by definition, and by the figures of the last published run.';
COMMENT ON COLUMN similar_features.feature IS 'Catalog key of one.';
COMMENT ON COLUMN similar_features.other IS 'Catalog key of the other.';
COMMENT ON COLUMN similar_features.method IS 'body (same body, same inputs), body-other-inputs, tokens (same inputs, nearly the same body) or profile (equal figures of the values).';
COMMENT ON COLUMN similar_features.score IS '1 for the same, less for less.';
