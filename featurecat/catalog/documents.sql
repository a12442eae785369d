-- Documentation, whom to ask, what fingerprints cover, what types were declared and observed.

CREATE TABLE private.authors(feature VARCHAR, author VARCHAR, lines INTEGER);
COMMENT ON TABLE private.authors IS 'Who wrote most lines of a feature that has no owner, by git blame when the definitions last changed. Key: feature.';
COMMENT ON COLUMN private.authors.feature IS 'Catalog key of the feature.';
COMMENT ON COLUMN private.authors.author IS 'E-mail address of the author, else the name.';
COMMENT ON COLUMN private.authors.lines IS 'How many lines of the function are theirs.';

CREATE TABLE private.code_parts(place VARCHAR, part VARCHAR, kind VARCHAR, file VARCHAR, line INTEGER);
COMMENT ON TABLE private.code_parts IS 'Pieces of code that fingerprints cover. Key: place.';
COMMENT ON COLUMN private.code_parts.place IS 'Module and name, joined by a colon; that of a file begins with file:.';
COMMENT ON COLUMN private.code_parts.part IS 'Dotted name; of an import, of what is imported; of a file, its path.';
COMMENT ON COLUMN private.code_parts.kind IS 'function, class, constant, import, module or file.';
COMMENT ON COLUMN private.code_parts.file IS 'File, relative to the project root.';
COMMENT ON COLUMN private.code_parts.line IS 'First line, counted from 1.';

CREATE TABLE private.fingerprint_covers(feature VARCHAR, variant VARCHAR, places VARCHAR[]);
COMMENT ON TABLE private.fingerprint_covers IS 'What the fingerprint of a definition covers; the view fingerprint_parts has a row for each piece. Key: feature, variant.';
COMMENT ON COLUMN private.fingerprint_covers.feature IS 'Catalog key of the feature.';
COMMENT ON COLUMN private.fingerprint_covers.variant IS 'Variant whose fingerprint it is.';
COMMENT ON COLUMN private.fingerprint_covers.places IS 'Its pieces in the order of first reach, as code_parts names them.';

CREATE VIEW authors AS FROM private.authors;
CREATE VIEW code_parts AS FROM private.code_parts;
CREATE VIEW fingerprint_covers AS FROM private.fingerprint_covers;

-- One paragraph alone is not stored a second time.
CREATE VIEW doc_sections AS
FROM private.doc_sections
UNION ALL
SELECT f.feature, 0, 'summary', NULL, NULL, regexp_replace(trim(f.doc), '\s+', ' ', 'g')
FROM features f ANTI JOIN private.doc_sections d ON d.feature = f.feature
WHERE f.public AND f.doc IS NOT NULL;

CREATE VIEW contacts AS
SELECT feature, owner AS contact, role, origin FROM owners
UNION ALL
SELECT a.feature, a.author, 'author', 'blame' FROM authors a ANTI JOIN owners o ON o.feature = a.feature;
COMMENT ON VIEW contacts IS 'Whom to ask about a feature: its owners; where it has none, who wrote most of it.';
COMMENT ON COLUMN contacts.feature IS 'Catalog key of the feature.';
COMMENT ON COLUMN contacts.contact IS 'Person or team.';
COMMENT ON COLUMN contacts.role IS 'owner, or author for one who owns nothing.';
COMMENT ON COLUMN contacts.origin IS 'Where that is written: feature, tag, module, codeowners or blame.';

CREATE VIEW fingerprint_parts AS
SELECT c.feature, c.variant, p.part, p.kind, p.file, p.line
FROM (SELECT feature, variant, unnest(places) AS place FROM fingerprint_covers) c
JOIN code_parts p ON p.place = c.place;
COMMENT ON VIEW fingerprint_parts IS 'What the fingerprint of each definition covers: a change of any of it changes the fingerprint.';
COMMENT ON COLUMN fingerprint_parts.feature IS 'Catalog key of the feature.';
COMMENT ON COLUMN fingerprint_parts.variant IS 'Variant whose fingerprint it is.';
COMMENT ON COLUMN fingerprint_parts.part IS 'Dotted name; of an import, of what is imported; of a file, its path.';
COMMENT ON COLUMN fingerprint_parts.kind IS 'function, class, constant, import, module or file.';
COMMENT ON COLUMN fingerprint_parts.file IS 'File, relative to the project root.';
COMMENT ON COLUMN fingerprint_parts.line IS 'First line, counted from 1.';

CREATE VIEW schemas AS
WITH filled AS (
    SELECT DISTINCT feature, variant FROM expectations
    WHERE kind = 'allow_nans' AND (params->>'allow_nans') = 'false'),
declared AS (
    SELECT f.feature, v.variant, f.name AS "column", coalesce(v.dtype, f.dtype) AS declared_dtype,
        CASE WHEN n.feature IS NOT NULL THEN false END AS nullable
    FROM features f JOIN variants v ON v.feature = f.feature
    LEFT JOIN filled n ON n.feature = v.feature AND n.variant = v.variant
    WHERE f.role = 'feature'
    UNION ALL
    SELECT c.feature, coalesce(v.variant, 'any'), c.name, c.dtype, c.nullable
    FROM columns c LEFT JOIN variants v ON v.feature = c.feature),
observed AS (
    SELECT m.feature, m.variant, CASE WHEN f.role = 'feature' THEN f.name ELSE m."column" END AS "column",
        m.dtype AS observed_dtype, m.engine_dtype, coalesce(TRY_CAST(m.profile->>'rows' AS BIGINT), a.rows) AS rows,
        TRY_CAST(m.profile->>'nulls' AS BIGINT) AS nulls, m.run_id, r.committed_at
    FROM materializations m JOIN runs r ON r.run_id = m.run_id
    LEFT JOIN features f ON f.feature = m.feature
    LEFT JOIN artifacts a ON a.artifact_id = m.artifact_id
    WHERE m.dtype IS NOT NULL
    QUALIFY row_number() OVER (
        PARTITION BY m.feature, m.variant, m."column" ORDER BY r.committed_at DESC, r.run_id DESC) = 1)
SELECT d.feature, d.variant, d."column", d.declared_dtype, o.observed_dtype, o.engine_dtype, d.nullable, o.rows,
    o.nulls, o.run_id, o.committed_at
FROM declared d
LEFT JOIN observed o ON o.feature = d.feature AND o.variant = d.variant AND o."column" = d."column"
UNION ALL
SELECT o.feature, o.variant, o."column", NULL, o.observed_dtype, o.engine_dtype, NULL, o.rows, o.nulls, o.run_id,
    o.committed_at
FROM observed o ANTI JOIN declared d
ON d.feature = o.feature AND d.variant = o.variant AND d."column" = o."column";
COMMENT ON VIEW schemas IS 'Types as declared, and as the last run of each variant had them. Key: feature, variant, column.';
COMMENT ON COLUMN schemas.feature IS 'Catalog key of the feature, frame or source.';
COMMENT ON COLUMN schemas.variant IS 'Variant; any for sources.';
COMMENT ON COLUMN schemas."column" IS 'Column of the frame or source; of a feature, its name.';
COMMENT ON COLUMN schemas.declared_dtype IS 'Logical (Arrow) type that the definition declares; null where it declares none.';
COMMENT ON COLUMN schemas.observed_dtype IS 'Logical (Arrow) type of the values of the last run.';
COMMENT ON COLUMN schemas.engine_dtype IS 'Type that the engine had them in.';
COMMENT ON COLUMN schemas.nullable IS 'False where missing values are ruled out; null where nothing is said.';
COMMENT ON COLUMN schemas.rows IS 'Number of rows of that run.';
COMMENT ON COLUMN schemas.nulls IS 'Missing values of that run; null without a profile.';
COMMENT ON COLUMN schemas.run_id IS 'Last run that had the values.';
COMMENT ON COLUMN schemas.committed_at IS 'When that run was committed, UTC.';

CREATE VIEW implied_expectations AS
SELECT feature, 'dtype' AS kind, json_object('dtype', dtype) AS params, 'error' AS severity, 'feature' AS origin
FROM features WHERE role = 'feature' AND public AND dtype IS NOT NULL
UNION ALL
SELECT feature, 'age', json_object('freshness', freshness), 'error',
    CASE WHEN role = 'source' THEN 'source' ELSE 'feature' END
FROM features WHERE (public OR role = 'source') AND freshness IS NOT NULL
UNION ALL
SELECT feature, 'key', json_object('columns',
    CASE WHEN event_timestamp IS NULL THEN entity ELSE list_append(entity, event_timestamp) END), 'error', 'grain'
FROM features WHERE (public OR role = 'source') AND len(entity) > 0;
COMMENT ON VIEW implied_expectations IS 'Expectations that nobody wrote: they follow from a declared type, freshness or key.';
COMMENT ON COLUMN implied_expectations.feature IS 'Catalog key of the feature.';
COMMENT ON COLUMN implied_expectations.kind IS 'dtype, age or key.';
COMMENT ON COLUMN implied_expectations.params IS 'Parameters as JSON.';
COMMENT ON COLUMN implied_expectations.severity IS 'error.';
COMMENT ON COLUMN implied_expectations.origin IS 'What it follows from: feature, source or grain.';
