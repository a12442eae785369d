// The catalog as data/catalog.js holds it: in columns, a number a text.
export interface Catalog {
  version: number; project: string; names: string[]; urls: string[]; roles: number[];
  modules: string[]; module: number[]; owners: string[]; owner: number[][]; types: string[]; type: number[];
  tags: string[]; tag: number[][]; entities: string[]; entity: number[]; statuses: string[]; status: number[];
  checkStates: string[]; check: number[]; flags: number[]; summaries: string[]; columns: string[]; units: string[];
  src: number[]; dst: number[];
}

declare global { interface Window { FC_CATALOG?: Catalog } }

export const SOURCE = 2;
export const FLAGS = ["personal data", "deprecated", "experimental", "stale", "undocumented", "without owner"];
export const PERSONAL = 1;

export function flagsOf(catalog: Catalog, node: number): string[] {
  return FLAGS.filter((_, place) => catalog.flags[node] & (1 << place));
}

// snake_case and camelCase names are found by their parts, too.
export function words(text: string): string[] {
  const parts = text.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const found = parts.flatMap((part) => [part, ...part.split(/(?<=[a-z0-9])(?=[A-Z])/)]);
  return [...new Set(found.map((part) => part.toLowerCase()))];
}

export const rootOf = (script: HTMLOrSVGScriptElement | null): string =>
  (script instanceof HTMLScriptElement && script.dataset.fcRoot) || "";

// Text only ever becomes text: nothing of the catalog is parsed as HTML.
export function element<K extends keyof HTMLElementTagNameMap>(
  name: K, attributes: Record<string, string> = {}, ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}
