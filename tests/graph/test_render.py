"""Drawings in every format: what is shown, that nasty names break nothing, that text is always the same."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from featurecat.errors import RequestError
from featurecat.graph.render.document import to_document, to_json
from featurecat.graph.render.dot import to_dot
from featurecat.graph.render.drawing import Drawing, DrawnEdge, DrawnNode
from featurecat.graph.render.mermaid import to_mermaid
from featurecat.graph.render.tree import DEEPEST_TREE, tree

SPEND = Drawing(
    nodes=(
        DrawnNode("rows", "source"),
        DrawnNode("spend", "input", "Series"),
        DrawnNode("signups", "input", "Series"),
        DrawnNode("weeks", "config", "int"),
        DrawnNode("avg_spend_raw", "raw", "Series", public=False, group="spending"),
        DrawnNode("avg_spend", "feature", "Series", doc='Mean "spend"\nper week.', group="spending"),
        DrawnNode("spend_per_signup", "feature", "Series", group="spending", mark="output"),
    ),
    edges=(
        DrawnEdge("spend", "avg_spend_raw"),
        DrawnEdge("weeks", "avg_spend_raw", optional=True),
        DrawnEdge("avg_spend_raw", "avg_spend"),
        DrawnEdge("spend", "spend_per_signup"),
        DrawnEdge("signups", "spend_per_signup", optional=True),
        DrawnEdge("elsewhere", "avg_spend"),
    ),
    title="Spending",
)
NASTY = (
    "ns.x",
    'a"b',
    "a\\",
    'a\\"',
    "[x]",
    "{x}",
    "<b>&amp;</b>",
    "größe 😀",
    "end",
    "a;b#1;",
    "%%{x}",
    "a\nb\t",
    "`a`",
)


# --- DOT -----------------------------------------------------------------------------------------


def test_dot_draws_nodes_in_the_look_of_their_role() -> None:
    lines = to_dot(SPEND).splitlines()
    assert lines[0] == "digraph {"
    assert lines[-1] == "}"
    assert 'label="Spending"' in lines[1]
    assert (
        '  "avg_spend" [label=<<b>avg_spend</b><br /><i>Series</i>> shape="rect" style="rounded,filled" '
        'fillcolor="#b4d8e4" tooltip="Mean \\"spend\\"\\nper week."];'
    ) in lines
    (output,) = (line for line in lines if line.startswith('  "spend_per_signup" ['))
    assert 'fillcolor="#FFC857"' in output
    (config,) = (line for line in lines if line.startswith('  "weeks" ['))
    assert 'shape="note"' in config
    (raw,) = (line for line in lines if line.startswith('  "avg_spend_raw" ['))
    assert 'fontcolor="gray40"' in raw
    assert '  "weeks" -> "avg_spend_raw" [style="dashed"];' in lines
    assert '  "avg_spend_raw" -> "avg_spend";' in lines
    assert not any("elsewhere" in line for line in lines)


def test_dot_gathers_the_inputs_of_a_function_in_one_box() -> None:
    dot = to_dot(SPEND)
    (box,) = (line for line in dot.splitlines() if line.startswith('  "_spend_per_signup_inputs" ['))
    assert "<tr><td>spend</td><td>Series</td></tr><tr><td>signups</td><td>Series, optional</td></tr>" in box
    assert '  "_spend_per_signup_inputs" -> "spend_per_signup";' in dot.splitlines()
    assert '"spend" [' not in dot


def test_dot_deduplicates_equal_sets_of_inputs() -> None:
    nodes = (DrawnNode("i", "input"), DrawnNode("a"), DrawnNode("b"), DrawnNode("_a_inputs"))
    drawing = Drawing(nodes, (DrawnEdge("i", "a"), DrawnEdge("i", "b")))
    assert to_dot(drawing).count("<table") == 2
    dot = to_dot(drawing, deduplicate_inputs=True)
    assert dot.count("<table") == 1
    # the box steps aside for the node that has its usual name
    assert '"__a_inputs" -> "a";' in dot
    assert '"__a_inputs" -> "b";' in dot


def test_dot_draws_inputs_alone_where_nothing_takes_them_or_they_were_asked_for() -> None:
    nodes = (DrawnNode("lonely", "input"), DrawnNode("asked", "input", mark="output"), DrawnNode("a"))
    dot = to_dot(Drawing(nodes, (DrawnEdge("asked", "a"),)))
    assert '"lonely" [' in dot
    assert 'style="dashed,filled"' in dot
    assert '"asked" -> "a";' in dot


def test_dot_options() -> None:
    hidden = to_dot(SPEND, orient="TB", hide_inputs=True, show_legend=False, group_modules=True)
    assert 'rankdir="TB"' in hidden
    assert "signups" not in hidden.replace("spend_per_signup", "")
    assert "Legend" not in hidden
    assert '  subgraph "cluster_spending" {\n    graph [label="spending"' in hidden
    assert 'subgraph "cluster__legend"' in to_dot(SPEND)
    with pytest.raises(RequestError, match="did you mean 'LR'") as caught:
        to_dot(SPEND, orient="lr")
    assert caught.value.code == "invalid-option"


def test_dot_draws_a_path_in_red() -> None:
    nodes = (DrawnNode("a", mark="path"), DrawnNode("b", mark="path"), DrawnNode("c"))
    dot = to_dot(Drawing(nodes, (DrawnEdge("a", "b"), DrawnEdge("a", "c"))))
    assert '"a" -> "b" [color="red"];' in dot
    assert '"a" -> "c";' in dot


def dot_strings(dot: str) -> list[str]:
    """The quoted strings outside labels, as Graphviz cuts them: a backslash keeps the next sign."""
    assert re.fullmatch(r'(?:[^"<]|<<b>.*?</b>(?:<br />.*?)?>|"(?:[^"\\]|\\.)*"|<)*', dot) is not None
    return re.findall(r'"((?:[^"\\]|\\.)*)"', re.sub(r"label=<.*?> ", "", dot))


@pytest.mark.parametrize("name", NASTY)
def test_dot_survives_nasty_names(name: str) -> None:
    drawing = Drawing(
        (DrawnNode(name, type_text=name, doc=name, group=name), DrawnNode("child")),
        (DrawnEdge(name, "child"),),
        title=name,
    )
    dot = to_dot(drawing, show_legend=False, group_modules=True)
    identity = name.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\\\n").replace("\t", "\\\\t")
    assert dot_strings(dot).count(identity) >= 2
    assert len(dot.splitlines()) == 11
    markup = re.search(r"label=<(<b>.*</i>)> shape", dot)
    assert markup is not None
    label = ElementTree.fromstring(f"<label>{markup[1]}</label>")
    assert label.findtext("b") == label.findtext("i") == " ".join(name.split())


# --- Mermaid -------------------------------------------------------------------------------------


def test_mermaid() -> None:
    assert to_mermaid(SPEND, hide_inputs=True, group_modules=True) == "\n".join(
        [
            "---",
            'title: "Spending"',
            "---",
            "flowchart LR",
            '  n0[("rows")]:::source',
            '  n1>"weeks<br/>int"]:::config',
            '  subgraph g1["spending"]',
            '  n2("avg_spend_raw<br/>Series"):::raw',
            '  n3("avg_spend<br/>Series"):::feature',
            '  n4("spend_per_signup<br/>Series"):::feature',
            "  class n4 output",
            "  end",
            "  n1 -.-> n2",
            "  n2 --> n3",
            "  classDef feature fill:#b4d8e4,stroke:#333,color:#000",
            "  classDef raw fill:#e8eff2,stroke:#333,color:#000,stroke-dasharray:2 2",
            "  classDef config fill:#f5f0d8,stroke:#333,color:#000",
            "  classDef source fill:#ead9c6,stroke:#333,color:#000",
            "  classDef output fill:#FFC857,stroke:#333,color:#000",
            "",
        ]
    )


@pytest.mark.parametrize("name", NASTY)
def test_mermaid_survives_nasty_names(name: str) -> None:
    drawing = Drawing((DrawnNode(name, type_text=name), DrawnNode("b")), (DrawnEdge(name, "b"),), title=name)
    _, title, _, _, node, *_ = to_mermaid(drawing).splitlines()
    assert json.loads(title.removeprefix("title: ")) == " ".join(name.split())
    label = re.fullmatch(r'  n0\("(.*)<br/>(.*)"\):::feature', node)
    assert label is not None
    assert label[1] == label[2]
    assert re.search(r"""["'<>\[\]{}&%`\\:]|#(?!\d+;)""", label[1]) is None
    assert re.sub(r"#(\d+);", lambda entity: chr(int(entity[1])), label[1]) == " ".join(name.split())


def test_an_unknown_role_is_drawn_like_a_feature() -> None:
    drawing = Drawing((DrawnNode("a", "novel"),))
    assert to_mermaid(drawing).splitlines()[1] == '  n0("a"):::feature'
    assert 'fillcolor="#b4d8e4"' in to_dot(drawing)


# --- JSON and the drawing itself -----------------------------------------------------------------


def test_json_form_is_complete_and_keeps_names() -> None:
    drawing = Drawing(
        tuple(DrawnNode(name) for name in NASTY), (DrawnEdge(NASTY[0], NASTY[1]), DrawnEdge("elsewhere", NASTY[0]))
    )
    document = json.loads(to_json(drawing))
    assert document == to_document(drawing)
    assert [node["name"] for node in document["nodes"]] == list(NASTY)
    assert document["edges"] == [{"parent": NASTY[0], "child": NASTY[1], "optional": False}]
    assert set(document["nodes"][0]) == {
        "name",
        "role",
        "type_text",
        "label",
        "public",
        "group",
        "doc",
        "mark",
        "columns",
        "checks",
        "style",
    }


def test_an_edge_is_optional_only_where_each_of_its_pair_is() -> None:
    both = (DrawnEdge("a", "b", optional=True), DrawnEdge("a", "b"))
    nodes = (DrawnNode("a"), DrawnNode("b"))
    assert Drawing(nodes, both).drawn_edges() == Drawing(nodes, both[::-1]).drawn_edges() == (DrawnEdge("a", "b"),)
    assert Drawing(nodes, both[:1]).drawn_edges() == both[:1]


def test_long_types_are_shortened() -> None:
    assert len(DrawnNode("a", type_text="x" * 200).shown_type) == 80


@given(st.lists(st.text(), min_size=1, max_size=5, unique=True))
def test_any_names_give_the_same_text_twice(names: list[str]) -> None:
    drawing = Drawing(
        tuple(DrawnNode(name) for name in names),
        tuple(DrawnEdge(parent, child) for parent in names for child in names),
    )
    for write in (to_dot, to_mermaid):
        assert write(drawing) == write(drawing)
        assert len(write(drawing).splitlines()) == len(write(Drawing(drawing.nodes)).splitlines()) + len(names) ** 2


# --- the text tree -------------------------------------------------------------------------------

PARENTS = {"d": ["b", "c"], "b": ["a", "x"], "c": ["b", "x"], "a": ["x"]}


def parents(name: str) -> list[str]:
    return PARENTS.get(name, [])


def test_tree_shows_a_node_once_in_full() -> None:
    assert tree("d", parents).splitlines() == [
        "d",
        "├── b",
        "│   ├── a",
        "│   │   └── x",
        "│   └── x",
        "└── c",
        "    ├── b …(above)",
        "    └── x",
    ]


def test_tree_in_ascii_with_labels_that_cannot_move_the_cursor() -> None:
    drawn = tree("c", parents, label=lambda name: f"{name}  <\x1b[1m>\n", depth=1, ascii_only=True)
    assert drawn.splitlines() == ["c  < [1m> ", "|-- b  < [1m>  ...(2 more)", "`-- x  < [1m> "]
    assert drawn.isascii()


def test_tree_tells_what_the_depth_leaves_out() -> None:
    assert tree("d", parents, depth=0) == "d …(2 more)"
    assert tree("x", parents, depth=0) == "x"


def test_tree_draws_again_what_was_cut_off_above() -> None:
    deep = {"root": ["p", "n"], "p": ["q"], "q": ["n"], "n": ["m"], "m": ["end"]}
    assert tree("root", lambda name: deep.get(name, []), depth=4).splitlines() == [
        "root",
        "├── p",
        "│   └── q",
        "│       └── n",
        "│           └── m …(1 more)",
        "└── n",
        "    └── m",
        "        └── end",
    ]


def test_tree_of_a_circle_ends() -> None:
    circle = {"a": ["b"], "b": ["a"]}
    assert tree("a", circle.__getitem__).splitlines() == ["a", "└── b", "    └── a …(above)"]


def test_tree_of_a_chain_of_100_000_does_not_recurse() -> None:
    drawn = tree("0", lambda name: [str(int(name) + 1)] if int(name) < 100_000 else [])
    assert len(drawn.splitlines()) == DEEPEST_TREE + 1
    assert drawn.endswith("…(1 more)")


@given(st.dictionaries(st.sampled_from("abcdef"), st.lists(st.sampled_from("abcdef"), max_size=4)))
def test_tree_expands_each_reachable_node_exactly_once(neighbours: dict[str, list[str]]) -> None:
    lines = tree("a", lambda name: neighbours.get(name, []), label=lambda name: f"<{name}>").splitlines()
    reached = {"a"}
    for _ in "abcdef":
        reached |= {near for name in reached for near in neighbours.get(name, [])}
    with_neighbours = {name for name in reached if neighbours.get(name)}
    unmarked = [match[1] for line in lines if (match := re.search(r"<(.)>$", line))]
    assert set(unmarked) == reached
    assert all(unmarked.count(name) == 1 for name in with_neighbours)
