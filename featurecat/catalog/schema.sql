-- The catalog: tables in schema `private`, and one view in `main` for each.
-- Views and macros are the contract; tables may change between versions of featurecat.
-- No constraints and no indexes: the file is built once, checked by its builder and never updated.
-- Timestamps are UTC without a zone. Comments on tables are copied to the views by the builder.

CREATE SCHEMA private;

-- definitions ------------------------------------------------------------------------------------

CREATE TABLE private.features(
    graph VARCHAR, feature VARCHAR, name VARCHAR, role VARCHAR, public BOOLEAN, doc VARCHAR, summary VARCHAR,
    dtype VARCHAR, unit VARCHAR, entity VARCHAR[], event_timestamp VARCHAR, grain VARCHAR, pii BOOLEAN,
    status VARCHAR, sunset VARCHAR, replaced_by VARCHAR, freshness VARCHAR, tags MAP(VARCHAR, VARCHAR[]), meta JSON);
COMMENT ON TABLE private.features IS 'One row per node name of a graph. Key: feature.';
COMMENT ON COLUMN private.features.graph IS 'Graph the name belongs to.';
COMMENT ON COLUMN private.features.feature IS 'Catalog key: the name in the default graph, else graph/name.';
COMMENT ON COLUMN private.features.name IS 'Name inside the graph.';
COMMENT ON COLUMN private.features.role IS 'feature, frame, raw, validator, input, config or source.';
COMMENT ON COLUMN private.features.public IS 'False for what lists hide.';
COMMENT ON COLUMN private.features.doc IS 'Documentation text.';
COMMENT ON COLUMN private.features.summary IS 'First sentence of the documentation.';
COMMENT ON COLUMN private.features.dtype IS 'Declared logical (Arrow) type.';
COMMENT ON COLUMN private.features.unit IS 'Unit of measurement.';
COMMENT ON COLUMN private.features.entity IS 'Entity key columns of the grain.';
COMMENT ON COLUMN private.features.event_timestamp IS 'Event timestamp column of the grain.';
COMMENT ON COLUMN private.features.grain IS 'Name of the grain: what one row stands for.';
COMMENT ON COLUMN private.features.pii IS 'True for personally identifiable information.';
COMMENT ON COLUMN private.features.status IS 'Life-cycle status, such as experimental or deprecated.';
COMMENT ON COLUMN private.features.sunset IS 'Date after which the feature goes away.';
COMMENT ON COLUMN private.features.replaced_by IS 'Feature to use instead.';
COMMENT ON COLUMN private.features.freshness IS 'Declared maximum age.';
COMMENT ON COLUMN private.features.tags IS 'Tags with all their values; the tags view is the long form.';
COMMENT ON COLUMN private.features.meta IS 'Further metadata as JSON.';

CREATE TABLE private.variants(
    feature VARCHAR, variant VARCHAR, engine VARCHAR, condition JSON, module VARCHAR, "function" VARCHAR,
    file VARCHAR, line INTEGER, end_line INTEGER, dtype VARCHAR, source_text VARCHAR, fingerprint VARCHAR,
    fingerprint_algorithm VARCHAR, signature VARCHAR, body_hash VARCHAR);
COMMENT ON TABLE private.variants IS 'One row per definition of a name. Key: feature, variant.';
COMMENT ON COLUMN private.variants.feature IS 'Catalog key of the feature.';
COMMENT ON COLUMN private.variants.variant IS 'Name of the definition among those of the feature.';
COMMENT ON COLUMN private.variants.engine IS 'pandas, polars, polars-lazy or any.';
COMMENT ON COLUMN private.variants.condition IS 'Config clauses under which the definition holds, as JSON.';
COMMENT ON COLUMN private.variants.module IS 'Module that holds the function.';
COMMENT ON COLUMN private.variants."function" IS 'Name of the function.';
COMMENT ON COLUMN private.variants.file IS 'File, relative to the project root.';
COMMENT ON COLUMN private.variants.line IS 'First line of the function, counted from 1.';
COMMENT ON COLUMN private.variants.end_line IS 'Last line of the function.';
COMMENT ON COLUMN private.variants.dtype IS 'Logical (Arrow) type this definition declares.';
COMMENT ON COLUMN private.variants.source_text IS 'Source code of the function.';
COMMENT ON COLUMN private.variants.fingerprint IS 'Hash of what the code means.';
COMMENT ON COLUMN private.variants.fingerprint_algorithm IS 'How the fingerprint was computed.';
COMMENT ON COLUMN private.variants.signature IS 'Parameters and result of the function as written.';
COMMENT ON COLUMN private.variants.body_hash IS 'Hash of the syntax tree without the names that its author chose.';

CREATE TABLE private.edges(
    parent VARCHAR, child VARCHAR, variant VARCHAR, "parameter" VARCHAR, optional BOOLEAN, kind VARCHAR);
COMMENT ON TABLE private.edges IS 'Who feeds whom, over all variants. Key: parent, child, variant, parameter.';
COMMENT ON COLUMN private.edges.parent IS 'Feature that is taken.';
COMMENT ON COLUMN private.edges.child IS 'Feature that takes it.';
COMMENT ON COLUMN private.edges.variant IS 'Variant of the child that does so, where only some do.';
COMMENT ON COLUMN private.edges."parameter" IS 'Parameter of the function it is passed to.';
COMMENT ON COLUMN private.edges.optional IS 'True where the child works without it.';
COMMENT ON COLUMN private.edges.kind IS 'data, or check for the edges around a validator.';

CREATE TABLE private.owners(feature VARCHAR, owner VARCHAR, role VARCHAR, origin VARCHAR);
COMMENT ON TABLE private.owners IS 'Who answers for a feature. Key: feature, owner, role.';
COMMENT ON COLUMN private.owners.feature IS 'Catalog key of the feature.';
COMMENT ON COLUMN private.owners.owner IS 'Person or team.';
COMMENT ON COLUMN private.owners.role IS 'What the owner is to the feature.';
COMMENT ON COLUMN private.owners.origin IS 'Where the ownership is written.';

CREATE TABLE private.tags(feature VARCHAR, "key" VARCHAR, "value" VARCHAR);
COMMENT ON TABLE private.tags IS 'One row per value of a tag. Key: feature, key, value.';
COMMENT ON COLUMN private.tags.feature IS 'Catalog key of the feature.';
COMMENT ON COLUMN private.tags."key" IS 'Key of the tag.';
COMMENT ON COLUMN private.tags."value" IS 'One value of the tag.';

CREATE TABLE private.modules(
    module VARCHAR, file VARCHAR, doc VARCHAR, git_commit VARCHAR, size BIGINT, mtime_ns BIGINT,
    content_hash VARCHAR, status VARCHAR);
COMMENT ON TABLE private.modules IS 'Modules as they were indexed. Key: module.';
COMMENT ON COLUMN private.modules.module IS 'Dotted name.';
COMMENT ON COLUMN private.modules.file IS 'File, relative to the project root.';
COMMENT ON COLUMN private.modules.doc IS 'Documentation text of the module.';
COMMENT ON COLUMN private.modules.git_commit IS 'Commit that was checked out.';
COMMENT ON COLUMN private.modules.size IS 'Size of the file in bytes.';
COMMENT ON COLUMN private.modules.mtime_ns IS 'Modification time of the file in nanoseconds since the epoch.';
COMMENT ON COLUMN private.modules.content_hash IS 'Hash of the file.';
COMMENT ON COLUMN private.modules.status IS 'ok or error.';

CREATE TABLE private.index_errors(
    module VARCHAR, code VARCHAR, file VARCHAR, line INTEGER, message VARCHAR, hint VARCHAR);
COMMENT ON TABLE private.index_errors IS 'Problems found while indexing.';
COMMENT ON COLUMN private.index_errors.module IS 'Module it was found in.';
COMMENT ON COLUMN private.index_errors.code IS 'Stable code of the problem.';
COMMENT ON COLUMN private.index_errors.file IS 'File at fault.';
COMMENT ON COLUMN private.index_errors.line IS 'Line at fault, counted from 1.';
COMMENT ON COLUMN private.index_errors.message IS 'What is wrong.';
COMMENT ON COLUMN private.index_errors.hint IS 'What to do.';

CREATE TABLE private.columns(
    feature VARCHAR, ordinal INTEGER, name VARCHAR, dtype VARCHAR, nullable BOOLEAN, origin VARCHAR, doc VARCHAR);
COMMENT ON TABLE private.columns IS 'Columns of frames and sources. Key: feature, name.';
COMMENT ON COLUMN private.columns.feature IS 'Catalog key of the frame or source.';
COMMENT ON COLUMN private.columns.ordinal IS 'Position, counted from 0.';
COMMENT ON COLUMN private.columns.name IS 'Name of the column.';
COMMENT ON COLUMN private.columns.dtype IS 'Logical (Arrow) type.';
COMMENT ON COLUMN private.columns.nullable IS 'True where nulls are expected.';
COMMENT ON COLUMN private.columns.origin IS 'declared or extracted.';
COMMENT ON COLUMN private.columns.doc IS 'Documentation text.';

CREATE TABLE private.sources(
    source VARCHAR, kind VARCHAR, uri VARCHAR, schema_hash VARCHAR, freshness VARCHAR);
COMMENT ON TABLE private.sources IS 'Declared sources. Key: source.';
COMMENT ON COLUMN private.sources.source IS 'Name of the input node.';
COMMENT ON COLUMN private.sources.kind IS 'Format, such as parquet or csv.';
COMMENT ON COLUMN private.sources.uri IS 'Where it lies, without secrets.';
COMMENT ON COLUMN private.sources.schema_hash IS 'Hash of its schema.';
COMMENT ON COLUMN private.sources.freshness IS 'Declared maximum age.';

CREATE TABLE private.expectations(
    check_id VARCHAR, feature VARCHAR, variant VARCHAR, kind VARCHAR, params JSON, severity VARCHAR, origin VARCHAR,
    file VARCHAR, line INTEGER, fail_if VARCHAR, warn_if VARCHAR);
COMMENT ON TABLE private.expectations IS 'Declared expectations. Key: check_id, feature, variant.';
COMMENT ON COLUMN private.expectations.check_id IS 'Stable id, derived from feature, kind and parameters.';
COMMENT ON COLUMN private.expectations.feature IS 'Catalog key of the feature.';
COMMENT ON COLUMN private.expectations.variant IS 'Variant that declares it.';
COMMENT ON COLUMN private.expectations.kind IS 'What is checked, such as range.';
COMMENT ON COLUMN private.expectations.params IS 'Parameters as JSON.';
COMMENT ON COLUMN private.expectations.severity IS 'info, warn, error or fatal.';
COMMENT ON COLUMN private.expectations.origin IS 'What declared it.';
COMMENT ON COLUMN private.expectations.file IS 'File that declares it.';
COMMENT ON COLUMN private.expectations.line IS 'Line that declares it, counted from 1.';
COMMENT ON COLUMN private.expectations.fail_if IS 'From how many rows at fault on it fails, such as > 1%.';
COMMENT ON COLUMN private.expectations.warn_if IS 'From how many rows at fault on it warns.';

CREATE TABLE private.configs(config VARCHAR, "key" VARCHAR, "value" JSON);
COMMENT ON TABLE private.configs IS 'Named configs. Key: config, key.';
COMMENT ON COLUMN private.configs.config IS 'Name of the config.';
COMMENT ON COLUMN private.configs."key" IS 'Key inside it.';
COMMENT ON COLUMN private.configs."value" IS 'Its value as JSON; secrets are masked.';

CREATE TABLE private.config_keys("key" VARCHAR, feature VARCHAR, variant VARCHAR, operator VARCHAR, "value" JSON);
COMMENT ON TABLE private.config_keys IS 'Config keys that conditions read. Key: key, feature, variant, operator.';
COMMENT ON COLUMN private.config_keys."key" IS 'Config key.';
COMMENT ON COLUMN private.config_keys.feature IS 'Catalog key of the feature.';
COMMENT ON COLUMN private.config_keys.variant IS 'Variant whose condition reads it.';
COMMENT ON COLUMN private.config_keys.operator IS 'equal, not_equal, in or not_in.';
COMMENT ON COLUMN private.config_keys."value" IS 'What it is compared with, as JSON.';

CREATE TABLE private.consumers(consumer VARCHAR, kind VARCHAR, feature VARCHAR, owner VARCHAR);
COMMENT ON TABLE private.consumers IS 'What uses a feature. Key: consumer, kind, feature.';
COMMENT ON COLUMN private.consumers.consumer IS 'Name of the model, dashboard or feature set.';
COMMENT ON COLUMN private.consumers.kind IS 'What it is.';
COMMENT ON COLUMN private.consumers.feature IS 'Catalog key of the feature it uses.';
COMMENT ON COLUMN private.consumers.owner IS 'Who answers for the consumer.';

CREATE TABLE private.doc_sections(
    feature VARCHAR, ordinal INTEGER, section VARCHAR, name VARCHAR, type VARCHAR, text VARCHAR);
COMMENT ON TABLE private.doc_sections IS 'Documentation, taken apart into its sections. Key: feature, ordinal.';
COMMENT ON COLUMN private.doc_sections.feature IS 'Catalog key of the feature.';
COMMENT ON COLUMN private.doc_sections.ordinal IS 'Position, counted from 0.';
COMMENT ON COLUMN private.doc_sections.section IS 'summary, text, args, returns, raises, examples, notes or another heading.';
COMMENT ON COLUMN private.doc_sections.name IS 'Parameter, exception or title the entry is about.';
COMMENT ON COLUMN private.doc_sections.type IS 'Type as the documentation writes it.';
COMMENT ON COLUMN private.doc_sections.text IS 'What is said.';

CREATE TABLE private.column_reads(
    feature VARCHAR, variant VARCHAR, parent VARCHAR, "column" VARCHAR, output VARCHAR, origin VARCHAR, line INTEGER);
COMMENT ON TABLE private.column_reads IS 'Columns that definitions read of the frames they take. Key: feature, variant, parent, column, output.';
COMMENT ON COLUMN private.column_reads.feature IS 'Catalog key of the feature or frame that reads.';
COMMENT ON COLUMN private.column_reads.variant IS 'Variant that does so.';
COMMENT ON COLUMN private.column_reads.parent IS 'Catalog key of the frame or source it reads.';
COMMENT ON COLUMN private.column_reads."column" IS 'Column of that frame; * where any of them may be read.';
COMMENT ON COLUMN private.column_reads.output IS 'Column of the frame made of it; null where it counts for all that is made.';
COMMENT ON COLUMN private.column_reads.origin IS 'How that is known, such as subscript, attribute, expression, query or extracted.';
COMMENT ON COLUMN private.column_reads.line IS 'Line of the file that names it, counted from 1.';

CREATE TABLE private.taints(feature VARCHAR, taint VARCHAR, origin VARCHAR, via VARCHAR);
COMMENT ON TABLE private.taints IS 'What a feature bears and hands on, such as pii. Key: feature, taint.';
COMMENT ON COLUMN private.taints.feature IS 'Catalog key of the feature.';
COMMENT ON COLUMN private.taints.taint IS 'Name of the taint.';
COMMENT ON COLUMN private.taints.origin IS 'declared or inherited.';
COMMENT ON COLUMN private.taints.via IS 'Parent it came from, on the shortest way to where it was declared.';

CREATE TABLE private.declassifications(
    feature VARCHAR, taint VARCHAR, method VARCHAR, reason VARCHAR, approved_by VARCHAR, file VARCHAR, line INTEGER);
COMMENT ON TABLE private.declassifications IS 'Where taints are stopped. Key: feature, taint.';
COMMENT ON COLUMN private.declassifications.feature IS 'Catalog key of the feature that stops it.';
COMMENT ON COLUMN private.declassifications.taint IS 'Name of the taint.';
COMMENT ON COLUMN private.declassifications.method IS 'What takes it away, such as hash or aggregate.';
COMMENT ON COLUMN private.declassifications.reason IS 'Why that is enough.';
COMMENT ON COLUMN private.declassifications.approved_by IS 'Who answers for it.';
COMMENT ON COLUMN private.declassifications.file IS 'File that declares it.';
COMMENT ON COLUMN private.declassifications.line IS 'Line that declares it, counted from 1.';

CREATE TABLE private.similar_definitions(feature VARCHAR, other VARCHAR, method VARCHAR, score DOUBLE);
COMMENT ON TABLE private.similar_definitions IS 'Features whose definitions are nearly the same. Key: feature, other, method.';
COMMENT ON COLUMN private.similar_definitions.feature IS 'Catalog key of one.';
COMMENT ON COLUMN private.similar_definitions.other IS 'Catalog key of the other, later in the alphabet.';
COMMENT ON COLUMN private.similar_definitions.method IS 'What was compared, such as body or upstream.';
COMMENT ON COLUMN private.similar_definitions.score IS '1 for the same, less for less.';

CREATE TABLE private.ancestors(ancestor VARCHAR, descendant VARCHAR, depth INTEGER);
COMMENT ON TABLE private.ancestors IS 'Every ancestor of every node with the fewest hops between them; empty when there are too many pairs (use upstream and downstream then).';
COMMENT ON COLUMN private.ancestors.ancestor IS 'Feature that is used, directly or not.';
COMMENT ON COLUMN private.ancestors.descendant IS 'Feature that uses it.';
COMMENT ON COLUMN private.ancestors.depth IS 'Fewest edges between the two; 1 for a direct parent.';

-- runs -------------------------------------------------------------------------------------------

CREATE TABLE private.runs(
    run_id VARCHAR, attempt INTEGER, parent_run_id VARCHAR, kind VARCHAR, status VARCHAR, started_at TIMESTAMP,
    committed_at TIMESTAMP, seconds DOUBLE, engine VARCHAR, executor VARCHAR, git_commit VARCHAR, dirty BOOLEAN,
    config JSON, versions MAP(VARCHAR, VARCHAR), graph_fingerprint VARCHAR, error JSON, manifest VARCHAR);
COMMENT ON TABLE private.runs IS 'One row per manifest. Key: run_id.';
COMMENT ON COLUMN private.runs.run_id IS 'Id of the run; later runs have greater ids.';
COMMENT ON COLUMN private.runs.attempt IS 'Counted from 1.';
COMMENT ON COLUMN private.runs.parent_run_id IS 'Run that this one repeats or continues.';
COMMENT ON COLUMN private.runs.kind IS 'materialize or check.';
COMMENT ON COLUMN private.runs.status IS 'published, checked, failed or quarantined.';
COMMENT ON COLUMN private.runs.started_at IS 'Start, UTC.';
COMMENT ON COLUMN private.runs.committed_at IS 'When the manifest was written, UTC.';
COMMENT ON COLUMN private.runs.seconds IS 'Duration in seconds.';
COMMENT ON COLUMN private.runs.engine IS 'pandas, polars or polars-lazy.';
COMMENT ON COLUMN private.runs.executor IS 'Where the steps ran.';
COMMENT ON COLUMN private.runs.git_commit IS 'Commit that was checked out.';
COMMENT ON COLUMN private.runs.dirty IS 'True where files differed from the commit.';
COMMENT ON COLUMN private.runs.config IS 'Config of the run as JSON; secrets are masked.';
COMMENT ON COLUMN private.runs.versions IS 'Versions of featurecat, Python and the libraries.';
COMMENT ON COLUMN private.runs.graph_fingerprint IS 'Hash of the resolved graph.';
COMMENT ON COLUMN private.runs.error IS 'Why the run failed, as JSON.';
COMMENT ON COLUMN private.runs.manifest IS 'Manifest file, relative to the store.';

CREATE TABLE private.run_inputs(
    run_id VARCHAR, name VARCHAR, kind VARCHAR, uri VARCHAR, bytes BIGINT, schema_hash VARCHAR, content_hash VARCHAR);
COMMENT ON TABLE private.run_inputs IS 'What a run read.';
COMMENT ON COLUMN private.run_inputs.run_id IS 'Id of the run.';
COMMENT ON COLUMN private.run_inputs.name IS 'Name of the input.';
COMMENT ON COLUMN private.run_inputs.kind IS 'file, value or frame.';
COMMENT ON COLUMN private.run_inputs.uri IS 'Where it lies, without secrets.';
COMMENT ON COLUMN private.run_inputs.bytes IS 'Size in bytes.';
COMMENT ON COLUMN private.run_inputs.schema_hash IS 'Hash of its schema.';
COMMENT ON COLUMN private.run_inputs.content_hash IS 'Hash of its content.';

CREATE TABLE private.artifacts(
    artifact_id VARCHAR, run_id VARCHAR, path VARCHAR, format VARCHAR, partition JSON, entity VARCHAR[],
    event_timestamp VARCHAR, rows BIGINT, bytes BIGINT, content_hash VARCHAR, schema_hash VARCHAR);
COMMENT ON TABLE private.artifacts IS 'Files that runs wrote. Key: artifact_id.';
COMMENT ON COLUMN private.artifacts.artifact_id IS 'Id of the file.';
COMMENT ON COLUMN private.artifacts.run_id IS 'Run that wrote it.';
COMMENT ON COLUMN private.artifacts.path IS 'File, relative to the store.';
COMMENT ON COLUMN private.artifacts.format IS 'parquet.';
COMMENT ON COLUMN private.artifacts.partition IS 'Partition values as JSON.';
COMMENT ON COLUMN private.artifacts.entity IS 'Entity key columns.';
COMMENT ON COLUMN private.artifacts.event_timestamp IS 'Event timestamp column.';
COMMENT ON COLUMN private.artifacts.rows IS 'Number of rows.';
COMMENT ON COLUMN private.artifacts.bytes IS 'Size in bytes.';
COMMENT ON COLUMN private.artifacts.content_hash IS 'Hash of the file.';
COMMENT ON COLUMN private.artifacts.schema_hash IS 'Hash of its schema.';

CREATE TABLE private.materializations(
    run_id VARCHAR, feature VARCHAR, variant VARCHAR, artifact_id VARCHAR, "column" VARCHAR, dtype VARCHAR,
    engine_dtype VARCHAR, action VARCHAR, code_hash VARCHAR, config_hash VARCHAR, input_hash VARCHAR, seconds DOUBLE, profile JSON);
COMMENT ON TABLE private.materializations IS 'Features of a run, and where their values went.';
COMMENT ON COLUMN private.materializations.run_id IS 'Id of the run.';
COMMENT ON COLUMN private.materializations.feature IS 'Catalog key of the feature.';
COMMENT ON COLUMN private.materializations.variant IS 'Variant that was used.';
COMMENT ON COLUMN private.materializations.artifact_id IS 'File that holds the values.';
COMMENT ON COLUMN private.materializations."column" IS 'Column of that file.';
COMMENT ON COLUMN private.materializations.dtype IS 'Logical (Arrow) type of the values.';
COMMENT ON COLUMN private.materializations.engine_dtype IS 'Type that the engine had them in.';
COMMENT ON COLUMN private.materializations.action IS 'run, reuse, input or skip.';
COMMENT ON COLUMN private.materializations.code_hash IS 'Fingerprint of the code.';
COMMENT ON COLUMN private.materializations.config_hash IS 'Fingerprint of the config it saw.';
COMMENT ON COLUMN private.materializations.input_hash IS 'Fingerprint of its inputs.';
COMMENT ON COLUMN private.materializations.seconds IS 'Duration of the step in seconds.';
COMMENT ON COLUMN private.materializations.profile IS 'Figures of the values, as JSON; the view profiles has them as columns.';

CREATE TABLE private.check_results(
    run_id VARCHAR, check_id VARCHAR, feature VARCHAR, variant VARCHAR, severity VARCHAR, status VARCHAR,
    observed JSON, threshold JSON, rows BIGINT, failing_rows BIGINT, message VARCHAR, seconds DOUBLE, kind VARCHAR,
    params JSON, sample JSON, cached_from VARCHAR);
COMMENT ON TABLE private.check_results IS 'Verdicts of expectations in a run.';
COMMENT ON COLUMN private.check_results.run_id IS 'Id of the run.';
COMMENT ON COLUMN private.check_results.check_id IS 'Id of the expectation.';
COMMENT ON COLUMN private.check_results.feature IS 'Catalog key of the feature.';
COMMENT ON COLUMN private.check_results.variant IS 'Variant that was checked.';
COMMENT ON COLUMN private.check_results.severity IS 'info, warn, error or fatal.';
COMMENT ON COLUMN private.check_results.status IS 'pass, warn, fail, error, skip or no_data.';
COMMENT ON COLUMN private.check_results.observed IS 'What was measured, as JSON.';
COMMENT ON COLUMN private.check_results.threshold IS 'What was allowed, as JSON.';
COMMENT ON COLUMN private.check_results.rows IS 'Rows that were checked.';
COMMENT ON COLUMN private.check_results.failing_rows IS 'Rows that did not hold.';
COMMENT ON COLUMN private.check_results.message IS 'The verdict in words.';
COMMENT ON COLUMN private.check_results.seconds IS 'Duration in seconds.';
COMMENT ON COLUMN private.check_results.kind IS 'What was checked, such as range.';
COMMENT ON COLUMN private.check_results.params IS 'Parameters as JSON.';
COMMENT ON COLUMN private.check_results.sample IS 'Rows at fault as JSON, each its keys and its value; null without any.';
COMMENT ON COLUMN private.check_results.cached_from IS 'Run that the verdict was taken over from; null when it was evaluated.';

CREATE TABLE private.run_hashes(run_id VARCHAR, content_hash VARCHAR);
COMMENT ON TABLE private.run_hashes IS 'What tells the rows of a run from any others; of no use but to the builder. Key: run_id.';
COMMENT ON COLUMN private.run_hashes.run_id IS 'Id of the run.';
COMMENT ON COLUMN private.run_hashes.content_hash IS 'Hash over its rows in the tables above.';

-- the index itself -------------------------------------------------------------------------------

CREATE TABLE private.definition_hashes(snapshot_hash VARCHAR, content_hash VARCHAR);
COMMENT ON TABLE private.definition_hashes IS 'One row: what the definition tables hold.';
COMMENT ON COLUMN private.definition_hashes.snapshot_hash IS 'Content hash of the snapshot they are of.';
COMMENT ON COLUMN private.definition_hashes.content_hash IS 'SHA-256 over all their rows, times of modules included.';

CREATE TABLE private.snapshots(
    snapshot VARCHAR, git_commit VARCHAR, indexed_at TIMESTAMP, content_hash VARCHAR, features BIGINT);
COMMENT ON TABLE private.snapshots IS 'Kept states of the definitions. Key: snapshot.';
COMMENT ON COLUMN private.snapshots.snapshot IS 'File name in the snapshots folder of the store.';
COMMENT ON COLUMN private.snapshots.git_commit IS 'Commit that was checked out.';
COMMENT ON COLUMN private.snapshots.indexed_at IS 'When it was taken, UTC.';
COMMENT ON COLUMN private.snapshots.content_hash IS 'Hash of the definitions.';
COMMENT ON COLUMN private.snapshots.features IS 'Number of rows in features.';

CREATE TABLE private.manifests(file VARCHAR, size BIGINT, mtime_ns BIGINT, run_id VARCHAR, status VARCHAR);
COMMENT ON TABLE private.manifests IS 'Manifest files this catalog was built from. Key: file.';
COMMENT ON COLUMN private.manifests.file IS 'File, relative to the store.';
COMMENT ON COLUMN private.manifests.size IS 'Size in bytes.';
COMMENT ON COLUMN private.manifests.mtime_ns IS 'Modification time in nanoseconds since the epoch.';
COMMENT ON COLUMN private.manifests.run_id IS 'Run it describes.';
COMMENT ON COLUMN private.manifests.status IS 'Status of the run, unreadable, or duplicate for a second file of one run.';

CREATE TABLE private.catalog_versions(
    schema_version INTEGER, builder VARCHAR, built_at TIMESTAMP, manifests BIGINT, last_committed_at TIMESTAMP,
    content_hash VARCHAR);
COMMENT ON TABLE private.catalog_versions IS 'One row: how current this catalog is.';
COMMENT ON COLUMN private.catalog_versions.schema_version IS 'Version of these views and macros.';
COMMENT ON COLUMN private.catalog_versions.builder IS 'What built the catalog.';
COMMENT ON COLUMN private.catalog_versions.built_at IS 'When, UTC.';
COMMENT ON COLUMN private.catalog_versions.manifests IS 'Number of manifest files it was built from.';
COMMENT ON COLUMN private.catalog_versions.last_committed_at IS 'Commit time of the latest run, UTC.';
COMMENT ON COLUMN private.catalog_versions.content_hash IS 'Hash over the rows of all other tables.';

-- the public face --------------------------------------------------------------------------------

CREATE VIEW features AS FROM private.features;
CREATE VIEW variants AS FROM private.variants;
CREATE VIEW edges AS FROM private.edges;
CREATE VIEW owners AS FROM private.owners;
CREATE VIEW tags AS FROM private.tags;
CREATE VIEW modules AS FROM private.modules;
CREATE VIEW index_errors AS FROM private.index_errors;
CREATE VIEW columns AS FROM private.columns;
CREATE VIEW sources AS FROM private.sources;
CREATE VIEW expectations AS FROM private.expectations;
CREATE VIEW configs AS FROM private.configs;
CREATE VIEW config_keys AS FROM private.config_keys;
CREATE VIEW consumers AS FROM private.consumers;
CREATE VIEW column_reads AS FROM private.column_reads;
CREATE VIEW taints AS FROM private.taints;
CREATE VIEW declassifications AS FROM private.declassifications;
CREATE VIEW similar_definitions AS FROM private.similar_definitions;
CREATE VIEW runs AS FROM private.runs;
CREATE VIEW run_inputs AS FROM private.run_inputs;
CREATE VIEW artifacts AS FROM private.artifacts;
CREATE VIEW materializations AS FROM private.materializations;
CREATE VIEW check_results AS FROM private.check_results;
CREATE VIEW snapshots AS FROM private.snapshots;
CREATE VIEW manifests AS FROM private.manifests;
CREATE VIEW catalog_versions AS FROM private.catalog_versions;
