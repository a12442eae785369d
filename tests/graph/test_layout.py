"""The layout: nothing overlaps, edges lead forward, groups stay together, and all of it is always the same."""

from __future__ import annotations

import random
import subprocess
import sys
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from featurecat.graph.render.drawing import ORIENTATIONS
from featurecat.graph.render.layers import assign_layers, order_layers, without_circles
from featurecat.graph.render.layout import Box, Frame, Layout, lay_out

SIZES = st.tuples(st.integers(20, 200), st.integers(20, 90))


@st.composite
def graphs(draw: st.DrawFn) -> tuple[list[Box], list[tuple[int, int]]]:
    sizes = draw(st.lists(SIZES, min_size=1, max_size=12))
    boxes = [Box(*size, draw(st.sampled_from([None, "a", "b", "c"]))) for size in sizes]
    number = st.integers(0, len(boxes) - 1)
    edges = draw(st.lists(st.tuples(number, number).filter(lambda ends: ends[0] != ends[1]), max_size=25, unique=True))
    return boxes, edges


def areas(layout: Layout, boxes: list[Box]) -> list[tuple[float, float, float, float]]:
    return [(x, y, box.width, box.height) for (x, y), box in zip(layout.places, boxes, strict=True)]


def overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return all(one[side] < other[side] + other[side + 2] and other[side] < one[side] + one[side + 2] for side in (0, 1))


def inside(area: tuple[float, ...], frame: tuple[float, ...]) -> bool:
    return all(
        frame[side] <= area[side] and area[side] + area[side + 2] <= frame[side] + frame[side + 2] for side in (0, 1)
    )


@given(graphs(), st.sampled_from(ORIENTATIONS), st.booleans())
def test_boxes_do_not_overlap_and_lie_within_the_picture(
    graph: tuple[list[Box], list[tuple[int, int]]], orientation: str, framed: bool
) -> None:
    boxes, edges = graph
    layout = lay_out(boxes, edges, orientation=orientation, framed=framed)
    found = areas(layout, boxes)
    assert not any(overlap(one, other) for one, other in combinations(found, 2))
    whole = (0.0, 0.0, layout.width, layout.height)
    assert all(inside(area, whole) for area in [*found, *(frame[1:] for frame in layout.frames)])
    assert all(inside((*point, 0, 0), whole) for route in layout.routes for point in route)
    assert layout == lay_out(boxes, edges, orientation=orientation, framed=framed)


@given(graphs(), st.sampled_from(ORIENTATIONS))
def test_a_frame_holds_its_own_boxes_and_no_others(
    graph: tuple[list[Box], list[tuple[int, int]]], orientation: str
) -> None:
    boxes, edges = graph
    drawn = [(parent, child) for parent, child in edges if parent < child and boxes[child].group is not None]
    layout = lay_out(boxes, drawn, orientation=orientation, framed=True)
    assert {frame.group for frame in layout.frames} == {box.group for box in boxes} - {None}
    assert not any(overlap(one[1:], other[1:]) for one, other in combinations(layout.frames, 2))
    for frame in layout.frames:
        for area, box in zip(areas(layout, boxes), boxes, strict=True):
            assert inside(area, frame[1:]) if box.group == frame.group else not overlap(area, frame[1:])


@given(graphs())
def test_edges_lead_from_box_to_box_and_forward(graph: tuple[list[Box], list[tuple[int, int]]]) -> None:
    boxes, edges = graph
    forward = [(parent, child) for parent, child in edges if parent < child]
    layout = lay_out(boxes, forward)
    for (parent, child), route in zip(forward, layout.routes, strict=True):
        (start_x, start_y), (end_x, end_y) = route[0], route[-1]
        (left, top), (right, low) = layout.places[parent], layout.places[child]
        assert (start_x, start_y) == (left + boxes[parent].width, top + boxes[parent].height / 2)
        assert (end_x, end_y) == (right, low + boxes[child].height / 2)
        assert [point[0] for point in route] == sorted(point[0] for point in route)


def test_orientations_are_the_same_picture_turned() -> None:
    boxes, edges = [Box(40, 40) for _ in range(4)], [(0, 1), (0, 2), (1, 3), (2, 3)]
    right = lay_out(boxes, edges).places
    assert lay_out(boxes, edges, orientation="TB").places == tuple((y, x) for x, y in right)
    assert [x for x, _ in lay_out(boxes, edges, orientation="RL").places] == [
        max(x for x, _ in right) - x for x, _ in right
    ]


def test_a_drawing_with_circles_is_laid_out_all_the_same() -> None:
    edges, order = without_circles(3, [(0, 1), (1, 2), (2, 0)])
    assert edges == [(0, 1), (1, 2), (0, 2)]
    assert order == [0, 1, 2]
    assert len(lay_out([Box(10, 10)] * 3, [(0, 1), (1, 2), (2, 0)]).routes) == 3


def test_what_is_given_stands_close_to_what_takes_it() -> None:
    edges = [(0, 1), (1, 2), (2, 3), (4, 3)]
    assert assign_layers(edges, [0, 4, 1, 2, 3], {}) == [0, 1, 2, 3, 2]


def test_crossings_are_taken_out() -> None:
    before: list[list[int]] = [[], [], [], [1], [0], [2]]
    after: list[list[int]] = [[4], [3], [5], [], [], []]
    (first, second) = order_layers([[0, 1, 2], [3, 4, 5]], before, after)
    assert [first.index(before[node][0]) for node in second] == [0, 1, 2]


def test_nothing_to_place() -> None:
    assert lay_out([], []) == Layout((), (), (), 0.0, 0.0)


def test_frames_are_told_by_group() -> None:
    layout = lay_out([Box(40, 20, "mine")], [], framed=True)
    assert layout.frames == (Frame("mine", 0.0, 0.0, 64.0, 56.0),)
    assert layout.places == ((12.0, 24.0),)


@pytest.mark.parametrize("framed", [False, True])
def test_large_graphs_are_laid_out_without_recursion(framed: bool) -> None:
    chance = random.Random(3)
    boxes = [Box(100, 40, f"m{number // 100}") for number in range(4_000)]
    near = [(number - 1 - int(chance.expovariate(0.03)), number) for number in range(1, 4_000)]
    far = [(int(chance.random() * number), number) for number in range(1, 4_000, 7)]
    edges = sorted({ends for ends in [*near, *far] if 0 <= ends[0] != ends[1]})
    assert len(lay_out(boxes, edges, framed=framed).places) == 4_000
    chain = [(number, number + 1) for number in range(3_999)] + [(0, number) for number in range(2, 4_000)]
    assert len(lay_out(boxes, chain, framed=framed).routes) == len(chain)


def test_the_same_layout_whatever_the_hashes() -> None:
    program = (
        "from featurecat.graph.render.drawing import *; from featurecat.graph.render.svg import to_svg;"
        "nodes = tuple(DrawnNode(f'n{i}', group=f'g{i % 3}') for i in range(30));"
        "edges = tuple(DrawnEdge(f'n{i // 2}', f'n{i}') for i in range(1, 30));"
        "print(to_svg(Drawing(nodes, edges), group_modules=True))"
    )
    written = {
        subprocess.run(
            [sys.executable, "-c", program], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in ("0", "1")
    }
    assert len(written) == 1
