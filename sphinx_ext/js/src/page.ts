// Copy buttons. Pages from a folder have no clipboard: there the text is selected and copied the old way.
import { element } from "./catalog";

const said = element("div", { role: "status", "aria-live": "polite", class: "fc-said" });

async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = element("textarea", { "aria-hidden": "true", class: "fc-said" });
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}

/** Buttons that copy what one types to see, make and read a feature; without scripts they would do nothing. */
function copyButtons(place: HTMLElement): void {
  const { fcFeature: feature = "", fcCommand: command = "featurecat" } = place.dataset;
  const python = [
    "from featurecat import Catalog", "", "with Catalog.open_project() as catalog:",
    `    found = catalog.show(${JSON.stringify(feature)})`,
  ].join("\n");
  const texts = { show: `${command} show ${feature}`, materialize: `${command} materialize ${feature}`, Python: python };
  for (const [name, text] of Object.entries(texts)) {
    place.append(element("button", { type: "button", "data-fc-copy": text }, `Copy ${name}`));
  }
}

document.body.append(said);
document.querySelectorAll<HTMLElement>("[data-fc-feature]").forEach(copyButtons);
for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-fc-copy]")) {
  button.addEventListener("click", async () => {
    const done = await copy(button.dataset.fcCopy ?? "");
    button.focus();
    said.textContent = done ? "copied" : "could not be copied";
    const before = button.textContent;
    button.textContent = done ? "Copied" : "Not copied";
    setTimeout(() => { button.textContent = before; }, 1500);
  });
}
