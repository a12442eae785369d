// Builds the scripts of the site into the Python package; the same sources give the same bytes.
import { build } from "esbuild";
import { readFileSync, writeFileSync } from "node:fs";

const out = new URL("../featurecat_sphinx/static/fc/", import.meta.url).pathname;
await build({
  entryPoints: ["explorer", "lineage", "palette", "page"].map((name) => `src/${name}.ts`),
  outdir: out, bundle: true, minify: true, format: "iife", target: "es2020", charset: "utf8", legalComments: "none",
});
const licences = ["minisearch", "@dagrejs/dagre"].map((name) => {
  const about = JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8"));
  const file = ["LICENSE", "LICENSE.txt", "LICENSE.md"].map((one) => `node_modules/${name}/${one}`);
  const text = file.map((one) => { try { return readFileSync(one, "utf8"); } catch { return ""; } }).find(Boolean) ?? about.license;
  return `${name} ${about.version}\n\n${text.trim()}\n`;
});
writeFileSync(`${out}LICENSES.txt`, licences.join("\n----\n\n"));
