"""Ways out of the sandbox of ``featurecat sql``, and a program that tries them all with the DuckDB it is given.

``python tests/support/attacks.py CATALOG`` prints one JSON object: attack to what became of it. The tests judge.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

#: Stands in every file and variable that no answer may show.
CANARY = "xyzzy-4711-plugh"

#: The rows of the table of experiments that the design rests on, each in several forms.
KNOWN = {
    "view over parquet": "FROM read_parquet('{outside}/secret.parquet')",
    "read_csv": "FROM read_csv('{outside}/secret.csv')",
    "read_text": "FROM read_text('{outside}/secret.csv')",
    "read_blob": "FROM read_blob('{outside}/secret.csv')",
    "read_text of the system": "FROM read_text('/etc/passwd')",
    "glob": "FROM glob('{outside}/*')",
    "path traversal": "FROM read_text('{store}/../outside/secret.csv')",
    "symlink": "FROM read_text('{store}/link.csv')",
    "sibling directory": "FROM read_text('{store}-evil/secret.csv')",
    "copy to": "COPY (SELECT 1) TO '{outside}/out.csv'",
    "copy over a manifest": "COPY (SELECT 1) TO '{store}/manifest.json'",
    "export database": "EXPORT DATABASE '{outside}/out'",
    "copy in a CTE": "WITH x AS (COPY (SELECT 1) TO '{outside}/out.csv') SELECT 1",
    "copy in a CTE over the catalog": "WITH x AS (COPY (SELECT 1) TO '{catalog}' (USE_TMP_FILE false)) SELECT 1",
    "copy in a CTE, explained": "EXPLAIN ANALYZE WITH x AS (COPY (SELECT 1) TO '{outside}/out.csv') SELECT 1",
    "copy explained": "EXPLAIN ANALYZE COPY (SELECT 1) TO '{outside}/out.csv'",
    "insert in a CTE": "WITH x AS (INSERT INTO private.features (feature) VALUES ('x') RETURNING *) FROM x",
    "delete in a CTE": "WITH x AS (DELETE FROM private.features RETURNING *) FROM x",
    "attach another file": "ATTACH '{outside}/other.duckdb'",
    "attach the original": "ATTACH '{catalog}' AS again",
    "attach memory": "ATTACH ':memory:' AS again",
    "install": "INSTALL httpfs",
    "load": "LOAD httpfs",
    "getenv": "SELECT getenv('CANARY')",
    "set memory": "SET memory_limit = '100GB'",
    "set threads": "SET threads = 64",
    "log to a file": "SET log_query_path = '{outside}/out.log'",
    "enable logging": "CALL enable_logging(storage = 'file', storage_config = {{'path': '{outside}'}})",
    "external access": "SET enable_external_access = true",
    "a Python variable": "FROM HARMLESS_VARIABLE",
    "a Python frame": "SELECT * FROM HARMLESS_FRAME",
    "create a table": "CREATE TABLE t AS SELECT 1",
    "create a temporary table": "CREATE TEMP TABLE t AS SELECT 1",
    "set a variable": "SET VARIABLE x = 1",
    "pragma": "PRAGMA enable_profiling",
    "several statements": "SELECT 1; COPY (SELECT 1) TO '{outside}/out.csv'",
    "checkpoint": "CHECKPOINT",
    "connect": "CONNECT 'x'",
}

#: Our own.
NEW = {
    "a file by its suffix": "FROM '{outside}/secret.csv'",
    "a file by its suffix, quoted": 'FROM "{outside}/secret.parquet"',
    "a pattern as a table": "FROM '{outside}/*.json'",
    "a database by its suffix": "FROM '{outside}/other.duckdb'",
    "sqlite by its suffix": "FROM '{outside}/other.sqlite'",
    "a spreadsheet by its suffix": "FROM '{outside}/book.xlsx'",
    "the web by its scheme": "FROM 'https://127.0.0.1:9/secret.csv'",
    "http reader": "FROM read_csv('http://127.0.0.1:9/secret.csv')",
    "s3": "FROM read_parquet('s3://bucket/secret.parquet')",
    "sniff_csv": "FROM sniff_csv('{outside}/secret.csv')",
    "read_json": "FROM read_json('{outside}/secret.json')",
    "read_ndjson_objects": "FROM read_ndjson_objects('{outside}/secret.json')",
    "parquet_metadata": "FROM parquet_metadata('{outside}/secret.parquet')",
    "parquet_kv_metadata": "FROM parquet_kv_metadata('{outside}/secret.parquet')",
    "parquet_full_metadata": "FROM parquet_full_metadata('{outside}/secret.parquet')",
    "read_duckdb": "FROM read_duckdb('{catalog}')",
    "read_text of a list": "FROM read_text(['{outside}/secret.csv', '/dev/stdin'])",
    "the process's environment": "FROM read_blob('/proc/self/environ')",
    "the parent's environment": "FROM read_blob('/proc/{parent}/environ')",
    "the process's memory": "FROM read_blob('/proc/self/mem')",
    "open files of the process": "FROM glob('/proc/self/fd/*')",
    "standard input": "FROM read_text('/dev/stdin')",
    "standard output": "COPY (SELECT 1) TO '/dev/stdout'",
    "query with copy": "FROM query('COPY (SELECT 1) TO ''{outside}/out.csv''')",
    "query with a reader": "FROM query('FROM read_text(''{outside}/secret.csv'')')",
    "query_table with a path": "FROM query_table('{outside}/secret.csv')",
    "query_table with paths": "FROM query_table(['{outside}/secret.csv', '{outside}/secret.parquet'])",
    "a serialised statement": (
        "FROM json_execute_serialized_sql(json_serialize_sql('FROM read_text(''{outside}/secret.csv'')'))"
    ),
    "a serialised pragma": "PRAGMA json_execute_serialized_sql('{{}}')",
    "copy in a nested CTE": (
        "SELECT * FROM (WITH a AS (WITH b AS (COPY (SELECT 1) TO '{outside}/out.csv') SELECT 1) FROM a)"
    ),
    "copy in a lateral join": (
        "SELECT * FROM range(2) r, LATERAL (WITH a AS (COPY (SELECT r.range) TO '{outside}/out.csv') SELECT 1)"
    ),
    "copy in a recursive CTE": (
        "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 3),"
        " x AS (COPY (FROM r) TO '{outside}/out.csv') FROM r"
    ),
    "copy in a macro": "CREATE TEMP MACRO f() AS TABLE WITH x AS (COPY (SELECT 1) TO '{outside}/out.csv') SELECT 1",
    "copy from": "COPY private.features FROM '{outside}/secret.csv'",
    "copy a database": "COPY FROM DATABASE catalog TO memory",
    "copy into partitions": "COPY (SELECT 1 AS a, 2 AS b) TO '{outside}/parts' (FORMAT parquet, PARTITION_BY (a))",
    "copy from standard input": "COPY private.features FROM '/dev/stdin'",
    "import database": "IMPORT DATABASE '{outside}/dump'",
    "import database as a pragma": "PRAGMA import_database('{outside}/dump')",
    "pivot a file": "PIVOT '{outside}/secret.csv' ON word USING count(*)",
    "summarize a file": "SUMMARIZE FROM read_csv('{outside}/secret.csv')",
    "describe a file": "DESCRIBE FROM read_csv('{outside}/secret.csv')",
    "explain a file": "EXPLAIN ANALYZE FROM read_csv('{outside}/secret.csv')",
    "prepare": "PREPARE p AS COPY (SELECT 1) TO '{outside}/out.csv'",
    "execute": "EXECUTE p",
    "deallocate": "DEALLOCATE p",
    "create a secret": "CREATE SECRET s (TYPE http, BEARER_TOKEN 'x')",
    "create a persistent secret": "CREATE PERSISTENT SECRET s IN local_file (TYPE http)",
    "profiling to a file": "PRAGMA profiling_output = '{outside}/out.json'",
    "profiling as a setting": "SET profiling_output = '{outside}/out.json'",
    "a temporary directory": "SET temp_directory = '{outside}'",
    "a home directory": "SET home_directory = '{outside}'",
    "an extension directory": "SET extension_directory = '{outside}'",
    "an allowed directory": "SET allowed_directories = ['{outside}']",
    "an allowed path": "SET allowed_paths = ['{outside}/secret.csv']",
    "unlock": "SET GLOBAL lock_configuration = false",
    "reset the lock": "RESET lock_configuration",
    "unsigned extensions": "SET allow_unsigned_extensions = true",
    "an extension by its path": "LOAD '{outside}/evil.duckdb_extension'",
    "install from a path": "INSTALL evil FROM '{outside}'",
    "update extensions": "UPDATE EXTENSIONS",
    "a function of an extension": "SELECT ST_Point(1, 2)",
    "a scan of an extension": "FROM postgres_scan('host=127.0.0.1', 'public', 't')",
    "a pointer": "FROM arrow_scan(1::POINTER, 2::POINTER, 3::POINTER)",
    "a frame by its pointer": "FROM pandas_scan(140000000000000)",
    "after a comment": "/* SELECT */ COPY (SELECT 1) TO '{outside}/out.csv' -- SELECT 1",
    "after nested comments": "/* /* */ */ COPY (SELECT 1) TO '{outside}/out.csv'",
    "after odd spaces": "\ufeff\u00a0\u2003COPY (SELECT 1) TO '{outside}/out.csv'",
    "in full-width letters": "\uff23\uff2f\uff30\uff39 (SELECT 1) TO '{outside}/out.csv'",
    "after a null character": "SELECT 1\0; COPY (SELECT 1) TO '{outside}/out.csv'",
    "a null character in a path": "FROM read_text('{outside}/secret.csv\0.txt')",
    "a dollar-quoted path": "FROM read_text($${outside}/secret.csv$$)",
    "a computed path": "FROM read_text('{outside}' || '/secret' || chr(46) || 'csv')",
    "a path in a variable": "SELECT 1 FROM read_text(getvariable('path'))",
    "a file address": "FROM read_text('file://{outside}/secret.csv')",
    "a relative path": "FROM read_text('secret.csv')",
    "many statements": "SELECT 1;;; SELECT 2; ATTACH '{catalog}' AS w",
    "a write in a transaction": "BEGIN; DELETE FROM private.features; COMMIT",
    "merge into": "MERGE INTO private.features f USING (SELECT 1) s ON true WHEN MATCHED THEN DELETE",
    "truncate": "TRUNCATE private.features",
    "alter": "ALTER TABLE private.features ADD COLUMN x INTEGER",
    "comment on": "COMMENT ON TABLE private.features IS 'x'",
    "into the memory database": "CREATE TABLE memory.main.t AS SELECT 1",
    "drop the schema": "DROP SCHEMA private CASCADE",
    "detach": "DETACH catalog",
    "use": "USE memory",
}

#: What takes too much: nothing is to be had, and it ends.
BOMBS = {
    "a cross join": "SELECT count(*) FROM range(100000) a, range(100000) b, range(100000) c",
    "endless recursion": "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT max(n) FROM r",
    "a regular expression": "SELECT regexp_matches(repeat('a', 3000000), '((a?){{500}}){{2}}b')",
    "one long text": "SELECT repeat('x', 2000000000)",
    "a function that cannot be stopped": "SELECT levenshtein(repeat('a', 300000), repeat('b', 300000))",
    "a list": "SELECT list(range) FROM range(400000000)",
    "a long answer": "FROM range(100000000)",
    "a wide answer": "SELECT repeat('x', 20000000) FROM range(100)",
    "views of views": (
        "WITH a0 AS (SELECT 1 x)"
        + "".join(f", a{n} AS NOT MATERIALIZED (SELECT a.x FROM a{n - 1} a, a{n - 1} b)" for n in range(1, 14))
        + " SELECT count(*) FROM a13"
    ),
    "parentheses": f"SELECT {'(' * 30000}1{')' * 30000}",
    "subqueries": "SELECT " + "(SELECT " * 3000 + "1" + ")" * 3000,
    "negations": f"SELECT {'NOT ' * 50000}true",
    "a sum": "SELECT " + "+".join(["1"] * 50000),
}  # fmt: skip

#: Questions that are answered, and whose answers say nothing of the world outside.
HARMLESS = {
    "secrets": "FROM duckdb_secrets()",
    "logs": "FROM duckdb_logs()",
    "temporary files": "FROM duckdb_temporary_files()",
    "databases": "FROM duckdb_databases()",
    "settings": "FROM duckdb_settings()",
    "variables": "FROM duckdb_variables()",
    "extensions": "FROM duckdb_extensions()",
    "the copy by its path": "SELECT r.* FROM duckdb_databases() d, read_blob(d.path) r",
    "the copy by its path, listed": "SELECT g.* FROM duckdb_databases() d, glob(d.path || '*') g",
    "a variable of an earlier query": "SELECT getvariable('x')",
    "write to the log": "SELECT write_log('x')",
    "which secret": "FROM which_secret('s3://x', 's3')",
    "checkpoint as a function": "FROM checkpoint()",
    "force a checkpoint": "FROM force_checkpoint()",
    "sockets": "SELECT current_setting('http_proxy')",
    "who runs it": "SELECT current_user, current_database(), current_schemas(true), session_user",
}


def watched(*folders: Path) -> dict[str, Any]:
    """Everything below some folders."""
    found: dict[str, Any] = {}
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            found[str(path)] = path.read_bytes().hex() if path.is_file() else "folder"
    return found


def main() -> None:
    import duckdb

    from featurecat.catalog.sandbox import run_sql
    from featurecat.errors import FeaturecatError

    catalog = Path(sys.argv[1])
    store = catalog.parent
    outside = store.parent / "outside"
    names = {"store": store, "outside": outside, "catalog": catalog, "parent": os.getpid()}
    os.chdir(outside)
    places = (store, outside, store.with_name(f"{store.name}-evil"))
    before = watched(*places)
    answers: dict[str, Any] = {"version": duckdb.__version__, "places": [str(place) for place in places]}
    for group, attacks in (("known", KNOWN), ("new", NEW), ("bombs", BOMBS), ("harmless", HARMLESS)):
        limits: dict[str, Any] = {"seconds": 1, "memory": "200MB", "most_rows": 100_000} if group == "bombs" else {}
        for name, statement in attacks.items():
            try:
                rows = run_sql(catalog, statement.format(**names), **limits).rows
                told = {"rows": len(rows), "text": repr(rows)[:100_000]}
            except FeaturecatError as error:
                told = {"code": error.code, "exit": error.exit_code, "text": str(error)}
            after = watched(*places)
            told["changed"] = sorted({name for name in {*before, *after} if before.get(name) != after.get(name)})
            answers[f"{group}: {name}"] = told
    print(json.dumps(answers))


if __name__ == "__main__":
    main()
