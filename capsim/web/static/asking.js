// Asking the server, and what is kept: the token, the state, and both across a restart.

const TOKEN = "capsim-token";
const STATE = "capsim-state";

/** The token of the link; it leaves the address, so that it is not copied along. */
function token() {
  const given = new URLSearchParams(location.search).get("token");
  if (given) {
    localStorage.setItem(TOKEN, given);
    history.replaceState(null, "", location.pathname + location.hash);
  }
  return given || localStorage.getItem(TOKEN) || "";
}
const TOKEN_NOW = token();

/** What is wrong, as the server says it: a message, and faults with their paths. */
export class Refused extends Error {
  constructor(status, body) {
    super(body.message || `the server answered ${status}`);
    this.status = status;
    this.faults = body.faults || [];
  }
}

/** Ask for something; the answer is its text, or its bytes. */
export async function ask(path, body, { signal, asBytes } = {}) {
  const answer = await fetch(path, options(body, "application/json", signal));
  if (!answer.ok) throw await refused(answer);
  return asBytes ? answer.blob() : answer.text();
}

/** Ask for something that takes long: `told` is called with its progress. */
export async function askWithProgress(path, body, told, signal) {
  const answer = await fetch(path, options(body, "text/event-stream", signal));
  if (!answer.ok) throw await refused(answer);
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let kept = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) throw new Refused(0, { message: "the connection was lost" });
    kept += value;
    let end;
    while ((end = kept.indexOf("\n\n")) >= 0) {
      const [kind, data] = eventOf(kept.slice(0, end));
      kept = kept.slice(end + 2);
      if (kind === "progress") told(JSON.parse(data));
      else if (kind === "result") return data;
      else {
        const wrong = JSON.parse(data);
        throw new Refused(wrong.status, wrong);
      }
    }
  }
}

/** The same without progress: a fault is an answer like others, which a browser's console leaves alone. */
export const askQuietly = (path, body) => askWithProgress(path, body, () => {});

function eventOf(block) {
  const [first, ...data] = block.split("\n");
  return [first.replace("event: ", ""), data.map((line) => line.slice(6)).join("\n")];
}

function options(body, accept, signal) {
  const headers = { Authorization: `Bearer ${TOKEN_NOW}`, Accept: accept };
  if (body === undefined) return { headers, signal };
  headers["Content-Type"] = "application/json";
  return { method: "POST", headers, signal, body: JSON.stringify(body) };
}

async function refused(answer) {
  let body = {};
  try {
    body = await answer.json();
  } catch {
    // an answer that is no JSON says no more than its status
  }
  return new Refused(answer.status, body);
}

/** An empty state: nothing opened, nothing changed, no values that a slider moved together by its title. */
export const empty = () => ({ source: null, overrides: [], sets: {}, moved: {}, variants: [], on: "", base: null });

/** The state of the address, else the one that was kept. */
export function remembered() {
  for (const text of [fromAddress(), localStorage.getItem(STATE)]) {
    try {
      const state = text && JSON.parse(text);
      if (state && typeof state === "object" && state.source) return { ...empty(), ...state };
    } catch {
      // what is no state is as good as none
    }
  }
  return empty();
}

export function remember(state) {
  localStorage.setItem(STATE, JSON.stringify(state));
}

function fromAddress() {
  if (!location.hash.startsWith("#s=")) return null;
  try {
    const bytes = Uint8Array.from(atob(location.hash.slice(3).replace(/-/g, "+").replace(/_/g, "/")), (c) =>
      c.charCodeAt(0),
    );
    history.replaceState(null, "", location.pathname);
    return new TextDecoder().decode(bytes);
  } catch {
    return null;
  }
}

/** A link to the state, without the token. */
export function linkTo(state) {
  const bytes = new TextEncoder().encode(JSON.stringify(state));
  const text = btoa(Array.from(bytes, (b) => String.fromCharCode(b)).join(""));
  return `${location.origin}/#s=${text.replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "")}`;
}
