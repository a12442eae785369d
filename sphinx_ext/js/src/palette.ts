// Ctrl-K, or / outside of fields: features by name, on every page. The catalog is loaded when it is asked for.
import { Catalog, element, rootOf } from "./catalog";
import { Index } from "./search";

const root = rootOf(document.currentScript);
const MOST = 20;
let index: Index | null = null;

function load(): Promise<Catalog> {
  return new Promise((resolve, reject) => {
    if (window.FC_CATALOG) return resolve(window.FC_CATALOG);
    const script = element("script", { src: `${root}data/catalog.js` });
    script.addEventListener("load", () => (window.FC_CATALOG ? resolve(window.FC_CATALOG) : reject(new Error("no catalog"))));
    script.addEventListener("error", () => reject(new Error("the catalog cannot be loaded")));
    document.head.append(script);
  });
}

const ready = async (): Promise<[Catalog, Index]> => {
  const catalog = await load();
  index ??= new Index(catalog, true);
  return [catalog, index];
};

function links(catalog: Catalog, nodes: number[]): HTMLElement[] {
  return nodes.map((node) => element("li", {}, element("a", { href: root + catalog.urls[node] }, catalog.names[node],
    element("small", {}, ` ${catalog.summaries[node]}`.slice(0, 90)))));
}

async function open(): Promise<void> {
  const before = document.activeElement as HTMLElement | null;
  const box = element("input", { type: "search", "aria-label": "Find a feature", placeholder: "Find a feature", autocomplete: "off" });
  const list = element("ul", {});
  const said = element("p", { role: "status", "aria-live": "polite", class: "fc-said" });
  const dialog = element("dialog", { class: "fc-p", "aria-label": "Find a feature" }, box, said, list);
  document.body.append(dialog);
  dialog.addEventListener("close", () => { dialog.remove(); before?.focus(); });
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  dialog.showModal();
  try {
    const [catalog, found] = await ready();
    const draw = () => {
      const nodes = found.find(box.value).slice(0, MOST);
      list.replaceChildren(...links(catalog, nodes));
      said.textContent = box.value ? `${nodes.length} found` : "";
    };
    box.addEventListener("input", draw);
    draw();
  } catch (error) {
    list.replaceChildren(element("li", {}, (error as Error).message));
  }
  dialog.addEventListener("keydown", (event) => {
    const all = [...list.querySelectorAll("a")];
    const at = all.indexOf(document.activeElement as HTMLAnchorElement);
    if (event.key === "ArrowDown") all[Math.min(at + 1, all.length - 1)]?.focus();
    else if (event.key === "ArrowUp") (at <= 0 ? box : all[at - 1]).focus();
    else if (event.key === "Enter" && document.activeElement === box) all[0]?.click();
    else return;
    event.preventDefault();
  });
}

document.addEventListener("keydown", (event) => {
  const active = document.activeElement;
  const typing = active instanceof HTMLInputElement || active instanceof HTMLTextAreaElement || active instanceof HTMLSelectElement;
  const asked = (event.key === "k" && (event.ctrlKey || event.metaKey)) || (event.key === "/" && !typing && !document.getElementById("fc-explorer"));
  if (!asked || document.querySelector("dialog.fc-p")) return;
  event.preventDefault();
  void open();
});

// The theme's own search knows the guides; features come first.
const query = new URLSearchParams(location.search).get("q");
const results = document.getElementById("search-results");
if (results && !document.querySelector("h1")) results.before(element("h1", {}, "Search"));
if (query && results) {
  void ready().then(([catalog, found]) => {
    const nodes = found.find(query).slice(0, MOST);
    if (nodes.length) results.before(element("section", { class: "fc-page" }, element("h2", {}, "Features"), element("ul", { class: "fc-links" }, ...links(catalog, nodes))));
  });
}
