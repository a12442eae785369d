import MiniSearch from "minisearch";
import { Catalog, SOURCE, flagsOf, words } from "./catalog";

export interface Facet { key: string; title: string; valuesOf: (node: number) => string[] }

export function facets(catalog: Catalog): Facet[] {
  const one = (texts: string[], codes: number[]) => (node: number) => (codes[node] >= 0 ? [texts[codes[node]]] : []);
  const several = (texts: string[], codes: number[][]) => (node: number) => codes[node].map((code) => texts[code]);
  return [
    { key: "check", title: "Checks", valuesOf: one(catalog.checkStates, catalog.check) },
    { key: "flag", title: "Marks", valuesOf: (node) => flagsOf(catalog, node) },
    { key: "owner", title: "Owner", valuesOf: several(catalog.owners, catalog.owner) },
    { key: "tag", title: "Tag", valuesOf: several(catalog.tags, catalog.tag) },
    { key: "module", title: "Module", valuesOf: one(catalog.modules, catalog.module) },
    { key: "type", title: "Type", valuesOf: one(catalog.types, catalog.type) },
    { key: "entity", title: "Entity", valuesOf: one(catalog.entities, catalog.entity) },
    { key: "status", title: "Status", valuesOf: one(catalog.statuses, catalog.status) },
  ];
}

export class Index {
  private readonly search: MiniSearch;

  constructor(private readonly catalog: Catalog, sources = false) {
    this.search = new MiniSearch({
      fields: ["name", "summary", "about", "columns"], tokenize: words, processTerm: (term) => term,
      searchOptions: { prefix: true, fuzzy: (term) => (term.length > 3 ? 0.2 : 0), combineWith: "AND", boost: { name: 4, summary: 2 } },
    });
    const nodes = catalog.names.map((_, node) => node).filter((node) => sources || catalog.roles[node] !== SOURCE);
    this.search.addAll(nodes.map((node) => ({
      id: node, name: catalog.names[node], summary: catalog.summaries[node], columns: catalog.columns[node],
      about: [catalog.modules[catalog.module[node]] ?? "", ...catalog.owner[node].map((code) => catalog.owners[code]),
        ...catalog.tag[node].map((code) => catalog.tags[code])].join(" "),
    })));
  }

  // Nodes that fit, best first; an exact name, then names that begin so, come before everything else.
  find(query: string): number[] {
    const wanted = query.trim().toLowerCase();
    const found = this.search.search(query).map((hit) => hit.id as number);
    const rank = (node: number) => {
      const name = this.catalog.names[node].toLowerCase();
      return name === wanted ? 0 : name.startsWith(wanted) ? 1 : 2;
    };
    return found.map((node, place) => ({ node, place })).sort((a, b) => rank(a.node) - rank(b.node) || a.place - b.place).map((one) => one.node);
  }
}

export const matches = (facet: Facet, chosen: string[], node: number): boolean =>
  chosen.length === 0 || facet.valuesOf(node).some((value) => chosen.includes(value));

// How many nodes each value of a facet would leave, given what is chosen in the other facets.
export function counts(all: Facet[], facet: Facet, chosen: Map<string, string[]>, nodes: number[]): Map<string, number> {
  const found = new Map<string, number>();
  const others = all.filter((other) => other !== facet && (chosen.get(other.key) ?? []).length);
  for (const node of nodes) {
    if (!others.every((other) => matches(other, chosen.get(other.key) ?? [], node))) continue;
    for (const value of facet.valuesOf(node)) found.set(value, (found.get(value) ?? 0) + 1);
  }
  return found;
}
