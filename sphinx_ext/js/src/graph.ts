import { Catalog } from "./catalog";

// Neighbours of every node in two flat arrays: those of node n stand from starts[n] to starts[n + 1].
export interface Side { starts: Int32Array; nodes: Int32Array }

export function side(from: number[], to: number[], count: number): Side {
  const starts = new Int32Array(count + 1);
  for (const node of from) starts[node + 1] += 1;
  for (let node = 0; node < count; node += 1) starts[node + 1] += starts[node];
  const next = starts.slice();
  const nodes = new Int32Array(from.length);
  from.forEach((node, place) => { nodes[next[node]++] = to[place]; });
  return { starts, nodes };
}

export const neighbours = (one: Side, node: number): number[] => [...one.nodes.subarray(one.starts[node], one.starts[node + 1])];

export class Graph {
  readonly up: Side;
  readonly down: Side;

  constructor(catalog: Catalog) {
    this.up = side(catalog.dst, catalog.src, catalog.names.length);
    this.down = side(catalog.src, catalog.dst, catalog.names.length);
  }

  // Shortest path along the edges, in either direction; null if there is none.
  path(from: number, to: number): number[] | null {
    return this.walk(this.down, from, to) ?? this.walk(this.up, from, to);
  }

  private walk(one: Side, from: number, to: number): number[] | null {
    const before = new Map<number, number>([[from, -1]]);
    const waiting = [from];
    for (let at = 0; at < waiting.length; at += 1) {
      const node = waiting[at];
      if (node === to) {
        const path: number[] = [];
        for (let step = to; step !== -1; step = before.get(step) as number) path.unshift(step);
        return path;
      }
      for (const next of neighbours(one, node)) if (!before.has(next)) { before.set(next, node); waiting.push(next); }
    }
    return null;
  }
}

export interface Group { of: number; upstream: boolean; nodes: number[] }
export interface View { hops: Map<number, number>; groups: Group[]; edges: [number, number][] }

export const PER_NODE = 25, MOST_EDGES = 600, HARD = 400;

// What is shown: nodes within the hops, nearest first, at most `most`; what one node has beyond its share is a group
// that can be opened by fifty at a time.
export function view(graph: Graph, focus: number, up: number, down: number, most: number, extra: Map<string, number>, expanded: Set<number>): View {
  const hops = new Map<number, number>([[focus, 0]]);
  const hidden = new Map<string, Group>();
  const room = Math.min(most, HARD);
  const spread = (one: Side, limit: number, sign: number) => {
    let frontier = [focus];
    for (let hop = 1; frontier.length && (hop <= limit || frontier.some((node) => expanded.has(node))); hop += 1) {
      const next: number[] = [];
      for (const node of frontier) {
        if (hop > limit && !expanded.has(node)) continue;
        const allowed = PER_NODE + (extra.get(`${sign}:${node}`) ?? 0);
        let shown = 0;
        const rest: number[] = [];
        for (const other of neighbours(one, node)) {
          if (hops.has(other)) continue;
          if (shown < allowed && hops.size < room) { hops.set(other, sign * hop); next.push(other); shown += 1; } else rest.push(other);
        }
        if (rest.length) hidden.set(`${sign}:${node}`, { of: node, upstream: sign < 0, nodes: rest });
      }
      frontier = next;
    }
  };
  spread(graph.up, up, -1);
  spread(graph.down, down, 1);
  const edges: [number, number][] = [];
  for (const node of hops.keys()) {
    for (const other of neighbours(graph.down, node)) if (hops.has(other) && edges.length < MOST_EDGES) edges.push([node, other]);
  }
  const groups = [...hidden.values()].map((group) => ({ ...group, nodes: group.nodes.filter((node) => !hops.has(node)) }));
  return { hops, groups: groups.filter((group) => group.nodes.length), edges };
}
