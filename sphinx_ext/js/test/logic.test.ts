import { expect, test } from "vitest";
import type { Catalog } from "../src/catalog";
import { words } from "../src/catalog";
import { Graph, PER_NODE, view } from "../src/graph";
import { Index, counts, facets } from "../src/search";
import { read, write } from "../src/state";

const names = ["net_amount", "unit_price", "shipping", "net_margin", "orders"];
const catalog: Catalog = {
  version: 1, project: "shop", names, urls: names.map((name) => `features/m/${name}.html`), roles: [0, 0, 0, 0, 2],
  modules: ["m"], module: [0, 0, 0, 0, -1], owners: ["ops", "crm"], owner: [[0], [0, 1], [], [1], []], types: ["double"],
  type: [0, 0, -1, 0, -1], tags: ["team=sales"], tag: [[0], [], [], [0], []], entities: [], entity: [-1, -1, -1, -1, -1],
  statuses: ["active"], status: [0, 0, 0, 0, -1], checkStates: ["failing", "warning", "passing", "unknown", "none"],
  check: [0, 2, 4, 2, -1], flags: [1, 0, 16, 0, 0],
  summaries: ["Amount without the discount.", "Amount of one piece.", "Costs of sending it.", "What is left.", ""],
  columns: ["orders.amount", "orders.amount orders.pieces", "", "", ""], units: ["EUR", "EUR", "", "", ""],
  src: [4, 4, 0, 0, 2], dst: [0, 1, 2, 3, 3],
};

test("names are found by their parts", () => {
  expect(words("net_amount orderTotal2")).toEqual(["net", "amount", "ordertotal2", "order", "total2"]);
});

test("an exact name comes first, beginnings next, slips are forgiven", () => {
  const index = new Index(catalog);
  expect(index.find("net_amount")[0]).toBe(0);
  expect(index.find("net")).toEqual(expect.arrayContaining([0, 3]));
  expect(index.find("shiping")[0]).toBe(2);
  expect(index.find("pieces")).toEqual([1]);
  expect(index.find("nothing like it")).toEqual([]);
});

test("counts of a facet look at what is chosen in the others", () => {
  const all = facets(catalog);
  const owner = all.find((one) => one.key === "owner")!;
  expect([...counts(all, owner, new Map(), [0, 1, 2, 3])]).toEqual([["ops", 2], ["crm", 2]]);
  expect([...counts(all, owner, new Map([["tag", ["team=sales"]], ["owner", ["ops"]]]), [0, 1, 2, 3])]).toEqual([["ops", 1], ["crm", 1]]);
});

test("the state survives the address", () => {
  const state = new Map([["q", ["a&b=c #ü"]], ["tag", ["team=sales", "x%"]]]);
  expect(read(write(state))).toEqual(state);
  expect(read("#q=%E0%A4%A")).toEqual(new Map([["q", ["%E0%A4%A"]]]));
});

test("paths go either way, and may be missing", () => {
  const graph = new Graph(catalog);
  expect(graph.path(4, 3)).toEqual([4, 0, 3]);
  expect(graph.path(3, 4)).toEqual([3, 0, 4]);
  expect(graph.path(1, 3)).toBeNull();
});

test("a hub is cut, and what is left out is counted", () => {
  const count = 319;
  const hub: Catalog = { ...catalog, names: Array.from({ length: count + 1 }, (_, node) => `n${node}`), src: Array(count).fill(0), dst: Array.from({ length: count }, (_, at) => at + 1) };
  const shown = view(new Graph(hub), 0, 2, 2, 150, new Map(), new Set());
  expect(shown.hops.size).toBe(PER_NODE + 1);
  expect(shown.groups).toHaveLength(1);
  expect(shown.groups[0].nodes).toHaveLength(count - PER_NODE);
  const opened = view(new Graph(hub), 0, 2, 2, 200, new Map([["1:0", 50]]), new Set());
  expect(opened.hops.size).toBe(PER_NODE + 51);
});

test("hops and circles end", () => {
  const circle: Catalog = { ...catalog, src: [0, 1, 2], dst: [1, 2, 0] };
  const shown = view(new Graph(circle), 0, 6, 6, 150, new Map(), new Set());
  expect([...shown.hops.keys()].sort()).toEqual([0, 1, 2]);
});
