"""The ledger: every row of the reference's §1–§4, in our words, and how featurecat stands to Hamilton 1.90 on it.

``same``: one answer natively, through compat and in apache-hamilton. ``mended``: natively better, as the text says.
``compat``: Hamilton's manner lives in ``featurecat.compat.hamilton`` alone. ``later``: refused with a clear error.
A row may be ``same`` in its core and mended at an edge; then it is ``mended`` and says the edge.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

__all__ = ["ROWS", "Row"]

Standing = Literal["same", "mended", "compat", "later"]


class Row(NamedTuple):
    """One row."""

    standing: Standing
    says: str


def _rows(text: str) -> dict[str, Row]:
    found: dict[str, Row] = {}
    for line in text.strip().splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        identity, standing, says = line.split(maxsplit=2)
        assert identity not in found and standing in ("same", "mended", "compat", "later"), line
        found[identity] = Row(standing, says)  # type: ignore[arg-type]  # just asserted
    return found


ROWS = _rows("""
# --- 1.1 the driver -----------------------------------------------------------------------------------------------
1.1-constructor            same    Driver(config, *modules) builds the graph at once and executes to one DataFrame
1.1-execute                same    names, functions and variables; overrides and inputs
1.1-materialize            same    saves and loads around a run; metadata by id, values by name; nothing asked is refused
1.1-validate-execution     mended  raises what execute would and runs nothing; takes functions, too
1.1-validate-materialization same  the same for materialize
1.1-variables              same    every node, inputs and config included; tag filters: all keys, any of a list, None for presence
1.1-tag-filter-values      mended  an empty list, or anything but strings, is refused; members of lists, too
1.1-upstream-downstream    same    transitive, the named nodes included
1.1-path-between           same    nodes on a path; none: empty; unknown names are refused
1.1-display-all            mended  a picture object in any format, deterministic; a file only when a path is given
1.1-display-around         mended  upstream and downstream views; hops
1.1-visualize-execution    mended  checks inputs first unless bypass_validation
1.1-visualize-materialization mended the same with savers and loaders
1.1-visualize-path         mended  no path is refused
1.1-export-execution       same    JSON of the nodes by name, with the documented keys
1.1-has-cycles             mended  never: a circle is refused when the graph is built
1.1-cache-property         later   UnsupportedError from compat; natively there is no such property
1.1-pickle                 same    a driver survives pickling: modules by name
1.1-notebook               mended  text and HTML of the graph, without Graphviz
1.1-variable-fields        same    name, tags, external or not, documentation, required and optional dependencies
# --- 1.2 the builder ----------------------------------------------------------------------------------------------
1.2-with-config            same    merges; later values win
1.2-with-modules           mended  appends; one module twice counts once
1.2-with-adapter           same    a second call is refused
1.2-with-adapters          same    appends adapters
1.2-with-materializers     same    savers and loaders in the graph; a list in their place is refused
1.2-with-cache             later   UnsupportedError
1.2-dynamic                same    must be allowed explicitly
1.2-executors              same    refused before dynamic execution, twice, and beside a manager
1.2-overrides              same    a later module wins
1.2-copy                   mended  a copy keeps allow_module_overrides
1.2-build                  same    a driver whose execute returns a dictionary
1.2-async                  same    coroutines and plain functions mix in the async driver
1.2-async-limits           mended  what it cannot do raises; the sync driver refuses coroutines instead of passing them on
# --- 1.3 execute --------------------------------------------------------------------------------------------------
1.3-names                  same    duplicates are fine; nothing asked gives nothing; every unknown name is listed
1.3-string-request         compat  natively a plain string is refused; compat reads it letter by letter
1.3-input-as-output        compat  a name that is only an input is handed back by compat; unknown natively
1.3-closure                same    stops at overridden nodes; an input only of optional parameters may be absent
1.3-input-config-overlap   same    refused
1.3-input-problems         same    every missing or unfit input at once; None always fits
1.3-parallel-without-tasks same    refused by the default executor
1.3-order-and-memory       same    each node runs once; values are freed as soon as nobody needs them
1.3-optional-parameters    same    absent ones are left to the function's default
1.3-failing-node           compat  natively StepError with the node, file:line and the cause; compat raises the original
1.3-deep-chains            mended  thousands of nodes in a row
# --- 1.4 result builders ------------------------------------------------------------------------------------------
1.4-dict                   same    a dictionary
1.4-pandas                 same    one frame as it is; scalars alone one row; frames among others by node.column
1.4-pandas-index           compat  natively columns must share their rows; compat joins on the index
1.4-strict-index           mended  strictness is the rule, not a builder of its own
1.4-numpy-matrix           compat  the builder is offered by compat
1.4-plugins                same    Polars and Arrow results
1.4-custom                 same    an object with build_result
1.4-two-builders           same    refused
1.4-graph-adapters         compat  legacy graph adapters are taken by compat
# --- 1.5 hooks ----------------------------------------------------------------------------------------------------
1.5-edges                  mended  EdgeConnectionHook widens edges, told the producer first as documented; its input check replaces the default
1.5-static-validator       mended  refusals come together when the driver is built, as one error of ours
1.5-construction           same    told of the built graph
1.5-graph-execution        mended  before inputs are checked, after always; the path leaves overridden nodes out
1.5-node-execution         same    around each computed node, in order; not for inputs and overrides
1.5-node-method            same    replaces the call
1.5-tasks                  same    grouping, submission, execution and return of tasks, under dynamic execution
1.5-result-builder         same    after the run
1.5-pre-do-anything        compat  a base class of Hamilton's
1.5-remote-execute         compat  a base class of Hamilton's
1.5-shipped                same    printing, type check and graceful errors
1.5-no-edge-check          same    NoEdgeAndInputTypeChecking switches type checks off
# --- 1.6 parallel -------------------------------------------------------------------------------------------------
1.6-parallel               same    Parallelizable opens a block, Collect closes it
1.6-grouping               same    four ways to make tasks, one answer
1.6-executors              same    here, in threads, and by a manager
1.6-request-inside-block   mended  refused, with the reason
1.6-expand-into-collect    mended  collecting what was expanded gives a flat list
1.6-collect-and-expand     mended  refused when built
1.6-nested-blocks          mended  refused when built
1.6-order-of-items         mended  items are collected in the order they were given
1.6-cluster-adapters       later   Ray, Dask and Spark adapters raise UnsupportedError when used
# --- 1.7 caching --------------------------------------------------------------------------------------------------
1.7-caching                later   the engine of a later release; with_cache raises UnsupportedError
1.7-cache-modifier         same    @cache is kept as metadata
# --- 1.8 saving and loading ---------------------------------------------------------------------------------------
1.8-saver                  same    one node, which returns metadata; combine adds <id>_build_result
1.8-saver-faults           same    several values without combine, a taken id, an unknown dependency are refused
1.8-loader                 same    load_data.<target>, and <target> selects; a computed node may be replaced
1.8-loader-unknown-target  same    refused
1.8-arguments              same    plain values, value() and source()
1.8-formats                mended  one vocabulary of arguments for pandas and Polars: path=
1.8-custom                 same    adapters of one's own
1.8-metadata               same    file and frame metadata
# --- 2.1 phases ---------------------------------------------------------------------------------------------------
2.1-function-unchanged     same    a decorated function is callable as before
2.1-0-dynamic              same    a decorator made by config joins its own phase
2.1-1-resolve              same    several conditions: all must hold
2.1-2-generate             same    one only
2.1-3-inject               same    many
2.1-4-expand               same    one only
2.1-5-transform            same    many, bottom up
2.1-6-decorate             same    many, bottom up: the topmost tag wins
2.1-targets                same    the final nodes by default; all, one or some by name; unknown names are refused
2.1-single-node            same    transformers of one node refuse several
2.1-order-independence     same    @tag above or below @extract_columns tags the columns
2.1-check-and-extract      same    a check above checks columns, below the frame
2.1-expand-then-extract    same    one output can be taken apart, two are refused
2.1-inject-and-expand      same    refused together
2.1-does-and-parameterize  same    work together
2.1-check-and-pipe         same    above: the piped value; below: the value before
2.1-config-visibility      mended  a feature whose decorator requires an absent key is refused when it is asked for: the rest still works
# --- 2.2 markers --------------------------------------------------------------------------------------------------
2.2-source-value           same    upstream node or literal
2.2-group                  same    lists and dictionaries of markers
2.2-group-faults           same    both kinds, or none, are refused
2.2-configuration          same    a driver's config key in a sub-DAG
2.2-nesting                same    source(source(x)) is source(x)
# --- 2.3 expanders ------------------------------------------------------------------------------------------------
2.3-parameterize           same    one node per output; docs and optional parameters
2.3-parameterize-own-name  same    the function's own name only where an output repeats it
2.3-parameterize-swap      same    two parameters of one source; swapped names
2.3-parameterize-docs      same    explicit docs, or the docstring with its placeholders filled
2.3-parameterize-literals  same    literals are handed over as they are
2.3-parameterize-group     same    lists and dictionaries need fitting annotations
2.3-parameterize-faults    same    bare values, unknown parameters, a parameter named output_name
2.3-parameterize-sources   same    the short form for sources
2.3-parameterize-values    same    the short form for values of one parameter
2.3-deprecated-names       compat  parametrized, parametrized_input, parameterized_inputs
2.3-inject                 same    in place, under its own name
2.3-parameterize-extract   same    frames f__0, f__1 and their columns, renamed by position
2.3-parameterize-frame     same    from a table
2.3-extract-columns        same    the frame keeps its name; columns depend on it
2.3-extract-columns-lazy   same    a column of a LazyFrame is an expression
2.3-extract-columns-fill   mended  fill_with adds a missing column on Polars, too, and leaves the frame given alone
2.3-extract-columns-faults same    annotation, list not unpacked, missing column, own name
2.3-extract-columns-twice  mended  refused as a modifier's misuse
2.3-extract-fields         same    dict, Dict[K, V], TypedDict; names or types
2.3-extract-fields-fill    mended  fill_with=None is possible
2.3-extract-outputs        mended  an alias
2.3-unpack-fields          same    elements of tuples; fewer are fine, more and bare tuples are refused
# --- 2.4 resolution -----------------------------------------------------------------------------------------------
2.4-when                   same    when, when_not, when_in, when_not_in
2.4-absent-key             same    an absent key is None
2.4-raw                    same    config(callable) sees the whole config
2.4-name                   same    name= and the suffix after the last __
2.4-bare-suffix            same    without a condition the suffix stays
2.4-empty-suffix           same    refused
2.4-tag                    compat  hamilton.config lists the keys
2.4-function-untouched     mended  the function keeps its own name
2.4-two-variants           same    two at once are refused
2.4-no-variant             mended  an error that names the variants and their conditions
2.4-exclude                same    drops the function
2.4-resolve                same    a decorator from config; required and optional keys
2.4-resolve-missing-keys   mended  indexed all the same, and said when asked for
2.4-power-mode             mended  no switch is needed
# --- 2.5 creators -------------------------------------------------------------------------------------------------
2.5-does                   same    the function is done by another; defaults are passed on
2.5-does-faults            same    a body, or a signature that does not bind
2.5-does-constant-body     mended  return 1 is a body, too
2.5-model                  mended  sees its config key
2.5-subdag                 same    names, inputs, config, external inputs
2.5-subdag-outer-names     same    what the inside lacks is asked of the outside under its own name
2.5-subdag-config          mended  config overlaid; configuration("key"), as a value, too
2.5-subdag-tags            same    decorators touch the final node alone
2.5-subdag-unused-input    same    an input that nothing inside takes is left out
2.5-subdag-no-variant      mended  names the variants
2.5-subdag-faults          same    nothing to load, one key twice, bare inputs, missing config
2.5-parameterized-subdag   same    one sub-DAG per key
2.5-dataloader             same    tuple of data and metadata
2.5-datasaver              same    one node that returns metadata
2.5-loader-faults          same    annotations that do not fit
# --- 2.6 pipes ----------------------------------------------------------------------------------------------------
2.6-pipe-input             same    names, numbers, namespaces, other parameters
2.6-pipe-input-conditions  same    steps by config; none left: wired directly
2.6-pipe-input-faults      same    lists, namespaces of steps beside one for all
2.6-pipe-output            same    raw, steps and identity
2.6-pipe-output-targets    same    on_output of the pipe or of a step, not both, not all
2.6-mutate                 same    a helper appended to its targets
2.6-mutate-faults          same    another module is refused
2.6-load-from              same    load_data and select_data nodes
2.6-load-from-faults       same    unknown formats and arguments, several parameters
2.6-save-to                same    save.<name>; runs only when asked for
2.6-with-columns           same    columns before a frame parameter
2.6-with-columns-lazy      mended  LazyFrames by the same decorator
2.6-with-columns-faults    mended  neither columns nor frame, or a redefined column: one error of ours
# --- 2.7 metadata -------------------------------------------------------------------------------------------------
2.7-tag                    same    keys and values
2.7-tag-faults             same    reserved namespaces, bad keys and values
2.7-tag-outputs            same    tags by node
2.7-tag-outputs-faults     mended  unknown nodes and bad values are refused
2.7-schema                 mended  kept as declared types, and enforced when asked
2.7-cache                  same    behaviour and format
2.7-ray-options            compat  kept as tags by compat
# --- 2.8 generated names ------------------------------------------------------------------------------------------
2.8-parameterize           same    x1, x2; no x
2.8-extract-columns        same    df, a
2.8-parameterize-extract   same    f__0 with o1, o2; f__1 with o3, o4
2.8-check-output           same    a_raw, a_range_validator, a
2.8-check-output-columns   same    df, a_raw, a_range_validator, a
2.8-pipe-input             same    r.with_add, r.with_add_1, r.mm, r
2.8-pipe-output            same    r.raw, r.with_add, r
2.8-subdag                 same    z.i, z.c, z.q, z.s, z
2.8-parameterized-subdag   same    v1.*, v1, v2.*, v2
2.8-with-columns           same    out.a, out._c, out._append, out
2.8-load-from              same    f.load_data.d, f.select_data.d, f
2.8-save-to                same    f, save.f
2.8-dataloader             same    l.loader, l and s
2.8-materializers          same    load_data.df, df; o_build_result, o
# --- 3 checks -----------------------------------------------------------------------------------------------------
3-nodes                    same    X_raw, X_<check>_validator, X
3-no-checks                same    X_raw and X
3-importance               same    warn lets the value pass, fail raises with every message
3-messages                 mended  every failing check told in one error of ours
3-raw-without-failing      same    X_raw and verdicts can be asked for
3-bad-importance           mended  refused when decorated
3-stacking                 mended  checks stack
3-per-output               same    with parameterize and config
3-optional-parameter       same    stays optional
3-optional-types           mended  Optional and List returns are checked
3-selection-faults         same    no check of that name for that type is refused
3-range-series             mended  NaN and null are absent alike, on both libraries
3-range-number             mended  NaN is absent, as in a column; None is a verdict, not a TypeError
3-values-in-series         same    nulls are ignored
3-values-in-scalar         same    numbers and strings
3-data-type-series         mended  Python types mean logical types on both libraries
3-data-type-scalar         mended  isinstance, but True is no int
3-allow-nans               same    False: no NaN
3-allow-nans-true          same    True is refused
3-max-fraction-nans        same    the share of NaN; bounds 0 and 1
3-max-standard-dev         mended  a single row has no spread: it passes
3-mean-in-range            same    the mean without NaN
3-allow-none               same    False: not None
3-contains                 same    substrings; does_not_contain
3-schema                   mended  a pandera schema judges and leaves the value alone
3-model                    same    a pydantic model
3-custom                   mended  validators of one's own; applies_to is asked
3-polars                   mended  every check on Polars
# --- 4.1 what becomes a node --------------------------------------------------------------------------------------
4.1-functions              same    functions of the module; not helpers, imports, classes, objects
4.1-alias                  mended  an alias is not a second definition
4.1-lambda                 mended  a lambda at module level is no feature
4.1-order                  mended  order of the text, not of the alphabet
4.1-annotations            same    all needed; None is a type; strings and the future import work
4.1-star-parameters        mended  refused: a feature names its parameters
4.1-underscore-parameter   same    an ordinary input
# --- 4.2 collisions -----------------------------------------------------------------------------------------------
4.2-duplicate              same    one name twice is refused; with module overrides the later wins
4.2-config-shadows         compat  natively a config key that is a function's name is refused; compat takes its value
4.2-config-nodes           same    config keys are inputs
# --- 4.3 inputs, overrides, config --------------------------------------------------------------------------------
4.3-unused-input           compat  refused natively, ignored by compat
4.3-input-computed         compat  refused natively, ignored by compat
4.3-input-and-config       same    refused
4.3-override-computed      same    used; what only feeds it is not run
4.3-override-unknown       compat  refused natively, ignored by compat
4.3-override-input         mended  supplies it
4.3-default-parameter      same    optional; taken where there is one
4.3-optional-and-required  same    required where somebody needs it
4.3-optional-type          same    Optional without default is required
# --- 4.4 types ----------------------------------------------------------------------------------------------------
4.4-any                    same    Any on either side
4.4-classes                same    subclasses; not the other way
4.4-newtype-typevar        same    NewType does not fit its base where Hamilton refuses it, or is widened
4.4-numbers                mended  int fits float
4.4-unions                 mended  every member must fit, in both spellings
4.4-generics               mended  arguments are compared by the same rule, not for equality
4.4-literal                mended  Literal fits its type; str does not fit Literal
4.4-annotated              same    Annotated is looked through
4.4-consumers              same    consumers of one input must agree; the narrower type counts
4.4-input-values           mended  right for tuples, mappings, callables; every element is looked at
4.4-outputs-unchecked      same    values of nodes are not checked at run
# --- 4.5 errors ---------------------------------------------------------------------------------------------------
4.5-unknown-output         mended  with near names
4.5-missing-inputs         mended  all at once, with consumers and near names
4.5-wrong-input-type       mended  describes the value in a few words
4.5-edge-mismatch          mended  both places, every mismatch
4.5-duplicate              mended  both places
4.5-cycle                  mended  refused when built, the circle shown
4.5-missing-annotation     mended  with file and line
4.5-decorator-misuse       mended  one family, with file and line
4.5-node-failure           mended  the node and its line in the error
""")
