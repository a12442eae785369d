import dagre from "@dagrejs/dagre";
import { Catalog, PERSONAL, SOURCE, element, rootOf } from "./catalog";
import { Graph, View, neighbours, view } from "./graph";
import { read, write } from "./state";

const root = rootOf(document.currentScript);
const SVG = "http://www.w3.org/2000/svg";
const MOST = 150, STEP = 50, HEIGHT = 26;

function svg(name: string, attributes: Record<string, string | number>, ...children: (Node | string)[]): SVGElement {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  made.append(...children);
  return made;
}

const measure = (() => {
  const context = document.createElement("canvas").getContext("2d");
  if (context) context.font = "12px monospace";
  return (text: string) => (context ? context.measureText(text).width : text.length * 7.3);
})();

function start(place: HTMLElement, catalog: Catalog): void {
  const graph = new Graph(catalog);
  const numbers = new Map(catalog.names.map((name, node) => [name, node]));
  const extra = new Map<string, number>();
  const expanded = new Set<number>();
  let scale = 1;

  const names = element("datalist", { id: "fc-names" });
  const field = (label: string, name: string) => {
    const input = element("input", { type: "search", name, list: "fc-names", autocomplete: "off" });
    return [element("label", {}, label, " ", input), input] as const;
  };
  const hop = (label: string, name: string) => {
    const input = element("input", { type: "number", min: "0", max: "6", name });
    return [element("label", {}, label, " ", input), input] as const;
  };
  const [focusLabel, focusBox] = field("Feature", "f");
  const [toLabel, toBox] = field("Path to", "to");
  const [upLabel, upBox] = hop("Up", "up");
  const [downLabel, downBox] = hop("Down", "down");
  const personal = element("input", { type: "checkbox", name: "pii" });
  const button = (text: string, act: () => void) => {
    const made = element("button", { type: "button" }, text);
    made.addEventListener("click", act);
    return made;
  };
  const said = element("p", { role: "status", "aria-live": "polite" });
  const picture = element("div", { class: "fc-view", tabindex: "0", role: "region", "aria-label": "Lineage" });
  const text = element("details", {}, element("summary", {}, "As a list"));
  const form = element("form", {}, focusLabel, upLabel, downLabel, toLabel, element("label", {}, personal, " mark personal data"),
    element("button", { type: "submit" }, "Show"), button("+", () => zoom(1.25)), button("−", () => zoom(0.8)), button("Export SVG", save));
  form.querySelectorAll("button")[1].setAttribute("aria-label", "Larger");
  form.querySelectorAll("button")[2].setAttribute("aria-label", "Smaller");
  place.replaceChildren(element("div", { class: "fc-l" }, form, names, said, picture, text));

  for (const box of [focusBox, toBox]) {
    box.addEventListener("input", () => {
      const wanted = box.value.toLowerCase();
      const fitting = catalog.names.filter((name) => name.toLowerCase().includes(wanted)).slice(0, 30);
      names.replaceChildren(...fitting.map((name) => element("option", { value: name })));
    });
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    extra.clear();
    expanded.clear();
    const hash = write(new Map([["f", [focusBox.value.trim()]], ["up", [upBox.value]], ["down", [downBox.value]], ["to", [toBox.value.trim()]], ["pii", [personal.checked ? "1" : ""]]]));
    if (hash === location.hash) draw(); else location.hash = hash;
  });
  personal.addEventListener("change", () => form.requestSubmit());
  addEventListener("hashchange", () => { extra.clear(); expanded.clear(); draw(); });

  function chosen() {
    const state = read(location.hash);
    const one = (key: string, otherwise: string) => (state.get(key) ?? [otherwise])[0];
    const number = (key: string, otherwise: number) => Math.max(0, Math.min(6, Number.parseInt(one(key, String(otherwise)), 10) || 0));
    return { f: one("f", ""), to: one("to", ""), up: number("up", 2), down: number("down", 1), pii: one("pii", "") === "1" };
  }

  function draw(): void {
    const { f, to, up, down, pii } = chosen();
    [focusBox.value, toBox.value, upBox.value, downBox.value, personal.checked] = [f, to, String(up), String(down), pii];
    text.replaceChildren(element("summary", {}, "As a list"));
    const focus = numbers.get(f);
    if (focus === undefined) {
      picture.replaceChildren();
      said.textContent = f ? `There is no ${f} in this catalog.` : "Name a feature or a source.";
      return;
    }
    const shown = view(graph, focus, up, down, MOST + [...extra.values()].reduce((sum, more) => sum + more, 0), extra, expanded);
    let path: number[] | null = null;
    let told = `${shown.hops.size - 1} around ${f}`;
    const target = numbers.get(to);
    if (to && target === undefined) told += `; there is no ${to} in this catalog`;
    else if (target !== undefined) {
      path = graph.path(focus, target);
      told += path ? `; ${path.length - 1} steps to ${to}` : `; no path to ${to}`;
      path?.forEach((node, at) => { if (!shown.hops.has(node)) shown.hops.set(node, at); });
      if (path) for (let at = 1; at < path.length; at += 1) {
        const [a, b] = [path[at - 1], path[at]];
        const edge: [number, number] = neighbours(graph.down, a).includes(b) ? [a, b] : [b, a];
        if (!shown.edges.some(([x, y]) => x === edge[0] && y === edge[1])) shown.edges.push(edge);
      }
    }
    said.textContent = told;
    picture.replaceChildren(drawn(shown, focus, new Set(path ?? []), pii));
    text.append(list("Upstream", shown, -1), list("Downstream", shown, 1));
    zoom(1);
    picture.querySelector(".f")?.scrollIntoView({ block: "nearest", inline: "center" });
  }

  function drawn(shown: View, focus: number, path: Set<number>, pii: boolean): SVGElement {
    const layout = new dagre.graphlib.Graph();
    layout.setGraph({ rankdir: "LR", nodesep: 8, ranksep: 50, marginx: 10, marginy: 10 });
    layout.setDefaultEdgeLabel(() => ({}));
    const label = (node: number) => (pii && catalog.flags[node] & PERSONAL ? `${catalog.names[node]} (personal)` : catalog.names[node]);
    for (const node of shown.hops.keys()) layout.setNode(String(node), { width: Math.ceil(measure(label(node))) + 40, height: HEIGHT });
    for (const [a, b] of shown.edges) layout.setEdge(String(a), String(b));
    const groups = shown.groups.map((group) => ({ ...group, text: `+${group.nodes.length} more ${group.upstream ? "that feed" : "consumers of"} ${catalog.names[group.of]}` }));
    groups.forEach((group, at) => {
      layout.setNode(`g${at}`, { width: Math.ceil(measure(group.text)) + 20, height: HEIGHT });
      if (group.upstream) layout.setEdge(`g${at}`, String(group.of)); else layout.setEdge(String(group.of), `g${at}`);
    });
    dagre.layout(layout);
    // the layout's own size leaves out nodes that it has moved at the end
    const nodes = layout.nodes().map((name) => layout.node(name));
    const width = Math.max(0, ...nodes.map((one) => one.x + one.width / 2)) + 10;
    const height = Math.max(0, ...nodes.map((one) => one.y + one.height / 2)) + 10;
    const made = svg("svg", { class: "fc-dag", viewBox: `0 0 ${width} ${height}`, width, height, role: "group", "aria-label": `Lineage of ${catalog.names[focus]}` });
    for (const edge of layout.edges()) {
      const points = layout.edge(edge).points as { x: number; y: number }[];
      made.append(svg("path", { class: "e", d: points.map((point, at) => `${at ? "L" : "M"}${point.x.toFixed(1)} ${point.y.toFixed(1)}`).join("") }));
    }
    const box = (at: { x: number; y: number; width: number; height: number }) => svg("rect", { x: at.x - at.width / 2, y: at.y - at.height / 2, width: at.width, height: at.height, rx: 4 });
    for (const [node, hop] of [...shown.hops].sort((a, b) => a[1] - b[1] || a[0] - b[0])) {
      const at = layout.node(String(node));
      const where = hop === 0 ? "in focus" : `${Math.abs(hop)} ${Math.abs(hop) === 1 ? "hop" : "hops"} ${hop < 0 ? "upstream" : "downstream"}`;
      const classes = [node === focus ? "f" : "", catalog.roles[node] === SOURCE ? "s" : "", pii && catalog.flags[node] & PERSONAL ? "p" : "", path.has(node) ? "onpath" : ""];
      const link = svg("a", { href: root + catalog.urls[node], class: classes.filter(Boolean).join(" "), "aria-label": `${label(node)}, ${where}` },
        box(at), svg("text", { x: at.x - at.width / 2 + 8, y: at.y + 4 }, label(node)));
      made.append(link);
      const open = [...neighbours(graph.up, node), ...neighbours(graph.down, node)].filter((other) => !shown.hops.has(other)).length;
      if (open && !groups.some((group) => group.of === node)) {
        made.append(plus(at.x + at.width / 2 - 18, at.y, `Show ${open} more around ${catalog.names[node]}`, () => { expanded.add(node); draw(); }));
      }
    }
    groups.forEach((group, number) => {
      const at = layout.node(`g${number}`);
      const key = `${group.upstream ? -1 : 1}:${group.of}`;
      made.append(acting(svg("g", { class: "more fc-plus", role: "button", tabindex: 0, "aria-label": `Show ${Math.min(STEP, group.nodes.length)} of ${group.text}` },
        box(at), svg("text", { x: at.x - at.width / 2 + 8, y: at.y + 4 }, group.text)), () => { extra.set(key, (extra.get(key) ?? 0) + STEP); draw(); }));
    });
    return made;
  }

  function plus(x: number, y: number, about: string, act: () => void): SVGElement {
    return acting(svg("g", { class: "fc-plus", role: "button", tabindex: 0, "aria-label": about },
      svg("rect", { x: x - 3, y: y - 9, width: 18, height: 18, rx: 3 }), svg("text", { x: x + 2, y: y + 4 }, "+")), act);
  }

  function acting(made: SVGElement, act: () => void): SVGElement {
    made.addEventListener("click", act);
    made.addEventListener("keydown", (event) => { if ((event as KeyboardEvent).key === "Enter" || (event as KeyboardEvent).key === " ") { event.preventDefault(); act(); } });
    return made;
  }

  function list(title: string, shown: View, sign: number): HTMLElement {
    const nodes = [...shown.hops].filter(([, hop]) => Math.sign(hop) === sign).sort((a, b) => Math.abs(a[1]) - Math.abs(b[1]) || (catalog.names[a[0]] < catalog.names[b[0]] ? -1 : 1));
    const items = nodes.map(([node, hop]) => element("li", {}, element("a", { href: root + catalog.urls[node] }, catalog.names[node]), ` ${Math.abs(hop)}`));
    return element("section", {}, element("h2", {}, `${title} (${nodes.length})`), element("ul", { class: "fc-links" }, ...items));
  }

  function zoom(factor: number): void {
    const drawing = picture.querySelector("svg");
    if (!drawing) return;
    scale = factor === 1 ? 1 : Math.max(0.2, Math.min(4, scale * factor));
    const [, , width, height] = (drawing.getAttribute("viewBox") ?? "0 0 0 0").split(" ").map(Number);
    drawing.setAttribute("width", String(width * scale));
    drawing.setAttribute("height", String(height * scale));
  }

  function save(): void {
    const drawing = picture.querySelector("svg");
    if (!drawing) return;
    const copy = drawing.cloneNode(true) as SVGElement;
    copy.setAttribute("xmlns", SVG);
    copy.querySelectorAll(".fc-plus:not(.more)").forEach((one) => one.remove());
    copy.querySelectorAll("a").forEach((link) => link.removeAttribute("href"));
    copy.prepend(svg("style", {}, ".e{fill:none;stroke:#57606a}rect{fill:#eef1f5;stroke:#57606a}text{font:12px monospace;fill:#1b2430}.f rect{fill:#0b57a4}.f text{fill:#fff}.p rect{stroke:#a8201a;stroke-width:2}.onpath rect{stroke:#17693a;stroke-width:3}"));
    const address = URL.createObjectURL(new Blob([new XMLSerializer().serializeToString(copy)], { type: "image/svg+xml" }));
    const link = element("a", { href: address, download: `lineage-${focusBox.value || "features"}.svg` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
  }

  let grabbed: { x: number; y: number; left: number; top: number } | null = null;
  picture.addEventListener("pointerdown", (event) => { grabbed = { x: event.clientX, y: event.clientY, left: picture.scrollLeft, top: picture.scrollTop }; });
  addEventListener("pointermove", (event) => {
    if (grabbed) picture.scrollTo(grabbed.left - event.clientX + grabbed.x, grabbed.top - event.clientY + grabbed.y);
  });
  addEventListener("pointerup", () => { grabbed = null; });
  picture.addEventListener("dragstart", (event) => event.preventDefault());
  draw();
  place.dataset.fcReady = "1";
}

const place = document.getElementById("fc-lineage");
if (place && window.FC_CATALOG) start(place, window.FC_CATALOG);
