import { Catalog, SOURCE, element, flagsOf, rootOf } from "./catalog";
import { Facet, Index, counts, facets, matches } from "./search";
import { read, write } from "./state";

const PAGE = 100, SHORT = 12;
const root = rootOf(document.currentScript);

function start(place: HTMLElement, catalog: Catalog): void {
  const began = performance.now();
  const index = new Index(catalog);
  const all = facets(catalog);
  const features = catalog.names.map((_, node) => node).filter((node) => catalog.roles[node] !== SOURCE);
  const open = new Set<string>();
  let state = read(location.hash), limit = PAGE;

  const box = element("input", { type: "search", "aria-label": "Search features", placeholder: "Search names, summaries, owners, tags, columns   /", autocomplete: "off" });
  const said = element("p", { role: "status", "aria-live": "polite" });
  const list = element("ul", { class: "fc-r" });
  const more = element("button", { type: "button" }, "Show more");
  const aside = element("aside", { "aria-label": "Filters" });
  place.replaceChildren(element("div", { class: "fc-x" }, aside, element("div", {}, box, said, list, more)));

  function facetBox(facet: Facet, nodes: number[]): HTMLElement | null {
    const chosen = state.get(facet.key) ?? [];
    const found = counts(all, facet, state, nodes);
    for (const value of chosen) if (!found.has(value)) found.set(value, 0);
    if (!found.size) return null;
    const values = [...found].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
    const shown = open.has(facet.key) ? values : values.filter(([value], at) => at < SHORT || chosen.includes(value));
    const labels = shown.map(([value, count]) => {
      const input = element("input", { type: "checkbox", "data-facet": facet.key, value });
      input.checked = chosen.includes(value);
      input.addEventListener("change", () => toggle(facet.key, value));
      return element("label", {}, input, element("span", {}, value), element("small", {}, count.toLocaleString("en")));
    });
    const box = element("fieldset", {}, element("legend", {}, facet.title), ...labels);
    if (shown.length < values.length) {
      const button = element("button", { type: "button" }, `Show all ${values.length}`);
      button.addEventListener("click", () => { open.add(facet.key); draw(); });
      box.append(button);
    }
    return box;
  }

  function draw(): void {
    const query = (state.get("q") ?? [""])[0];
    if (box.value !== query) box.value = query;
    const found = query.trim() ? index.find(query) : features;
    const shown = found.filter((node) => all.every((facet) => matches(facet, state.get(facet.key) ?? [], node)));
    said.textContent = `${shown.length.toLocaleString("en")} of ${features.length.toLocaleString("en")} features`;
    list.replaceChildren(...shown.slice(0, limit).map(item));
    more.hidden = shown.length <= limit;
    const focused = document.activeElement instanceof HTMLInputElement && document.activeElement.dataset.facet
      ? [document.activeElement.dataset.facet, document.activeElement.value] : null;
    aside.replaceChildren(...all.map((facet) => facetBox(facet, found)).filter((one): one is HTMLElement => one !== null));
    if (focused) {
      [...aside.querySelectorAll("input")].find((one) => one.dataset.facet === focused[0] && one.value === focused[1])?.focus();
    }
  }

  function item(node: number): HTMLElement {
    const link = element("a", { href: root + catalog.urls[node] }, catalog.names[node]);
    const badges = flagsOf(catalog, node).filter((flag) => flag !== "without owner")
      .map((flag) => element("span", { class: flag === "personal data" ? "fc-b p" : "fc-b w" }, flag));
    const state = catalog.checkStates[catalog.check[node]];
    if (state === "failing" || state === "warning") badges.push(element("span", { class: state === "failing" ? "fc-b b" : "fc-b w" }, state));
    const about = [catalog.modules[catalog.module[node]], catalog.types[catalog.type[node]], ...catalog.owner[node].map((code) => catalog.owners[code])];
    return element("li", {}, link, ...badges.flatMap((badge) => [" ", badge]), element("p", {}, catalog.summaries[node]),
      element("p", {}, element("small", {}, about.filter(Boolean).join(" · "))));
  }

  function toggle(key: string, value: string): void {
    const chosen = state.get(key) ?? [];
    state.set(key, chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value]);
    limit = PAGE;
    location.hash = write(state);
  }

  box.addEventListener("input", () => {
    state.set("q", [box.value]);
    limit = PAGE;
    history.replaceState(null, "", write(state));
    draw();
  });
  more.addEventListener("click", () => { limit += PAGE; draw(); });
  addEventListener("hashchange", () => { state = read(location.hash); draw(); });
  document.addEventListener("keydown", (event) => {
    const links = [...list.querySelectorAll("a")];
    const at = links.indexOf(document.activeElement as HTMLAnchorElement);
    if (event.key === "/" && !(document.activeElement instanceof HTMLInputElement && document.activeElement.type === "search")) box.focus();
    else if (event.key === "Escape" && document.activeElement === box) { box.value = ""; box.dispatchEvent(new Event("input")); }
    else if (event.key === "ArrowDown" && (at >= 0 || document.activeElement === box)) links[Math.min(at + 1, links.length - 1)]?.focus();
    else if (event.key === "ArrowUp" && at >= 0) (at === 0 ? box : links[at - 1]).focus();
    else return;
    event.preventDefault();
  });
  draw();
  place.dataset.fcReady = String(Math.round(performance.now() - began));
}

const place = document.getElementById("fc-explorer");
if (place && window.FC_CATALOG) start(place, window.FC_CATALOG);
