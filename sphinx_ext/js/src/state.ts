// What was chosen, in the hash of the address: it can be sent to somebody, and works from a folder.
export type State = Map<string, string[]>;

export function read(hash: string): State {
  const state: State = new Map();
  for (const part of hash.replace(/^#/, "").split("&").filter(Boolean)) {
    const [key, ...rest] = part.split("=");
    let value = rest.join("=");
    try { value = decodeURIComponent(value.replace(/\+/g, " ")); } catch { /* kept as it is written */ }
    state.set(key, [...(state.get(key) ?? []), value]);
  }
  return state;
}

export function write(state: State): string {
  const parts = [...state].flatMap(([key, values]) => values.filter((value) => value !== "").map((value) => `${key}=${encodeURIComponent(value)}`));
  return parts.length ? `#${parts.join("&")}` : "#";
}
