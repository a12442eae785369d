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

document.body.append(said);
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
