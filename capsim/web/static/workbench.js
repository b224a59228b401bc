// The workbench: a state, what is asked of the server at each change of it, and what is shown of the answers.

import { ask, askQuietly, askWithProgress, empty, linkTo, remember, remembered } from "./asking.js";
import { draw } from "./charts.js";
import { Form, settleLevers, showLevers } from "./form.js";
import { byId, change, el, save, table } from "./parts.js";

const PAUSE_MS = 60; // between the last key and the question
const IDLE_MS = 1500; // between the last change and the draws
const DRAWS = 64;
const COMPARED = 64;

let state = remembered();
let there = null; // what can be opened
let form = null;
let levers = [];
const LONGEST_LINK = 8000; // characters that mail and chat programs leave whole: assumed
let now = null; // the last answer: projection, shown, text of the projection
let opened = null; // the answer of the scenario as opened
let busy = false;
let stale = false;
let spread = null; // what stops the draws that run
let timer = 0;
let idle = 0;
let finding = false; // what would help the variants kept
let generation = 0; // counts scenarios opened, so that a late answer of another is dropped
let picked = 0; // counts choices of another, for the same

const which = (sets = state.sets, overrides = state.overrides) => ({
  ...state.source,
  overrides,
  sets: Object.entries(sets).map(([path, text]) => `${path}=${text}`),
});

function say(text, isWrong = false) {
  byId("status").textContent = text;
  byId("status").classList.toggle("wrong", isWrong);
}

/** Run something that asks; what goes wrong is said where everybody sees it. */
async function trying(work, place = null) {
  try {
    return await work();
  } catch (error) {
    if (error.name === "AbortError") return undefined;
    const lost = error instanceof TypeError;
    const words = lost ? "The workbench does not answer. What you typed is kept: start it again, and open its link." : error.message;
    say(lost ? "Not connected" : "Something is wrong", true);
    (place || byId("faults")).replaceChildren(el("p", { class: "fault" }, words));
    return undefined;
  }
}

// ---- opening

async function begin() {
  there = JSON.parse(await ask("/api/scenarios"));
  fillPick();
  if (!state.source) {
    const [first] = there.files;
    state.source = first ? { file: first } : { example: Object.keys(there.examples)[0] };
  }
  await open();
}

function fillPick() {
  const option = (value, text) => el("option", { value, title: text }, text);
  const files = there.files.map((file) => option(`file:${file}`, file));
  const examples = Object.entries(there.examples).map(([name, line]) => option(`example:${name}`, line ? `${name}: ${line}` : name));
  const groups = [];
  if (files.length) groups.push(el("optgroup", { label: "Files of this folder" }, files));
  groups.push(el("optgroup", { label: "Examples" }, examples));
  if (state.source?.text) groups.unshift(option("text:", "A new scenario of yours"));
  byId("pick").replaceChildren(...groups);
  byId("pick").value = nameOf(state.source);
}

function nameOf(source) {
  if (!source) return "";
  if (source.text) return "text:";
  return source.file ? `file:${source.file}` : `example:${source.example}`;
}

/** Open another scenario; where it is refused, what is open stays, and so does its name. */
async function openOther(source) {
  picked += 1;
  const mine = picked;
  say("Opening");
  const answer = await trying(() => askQuietly("/api/form", { scenario: { ...source, overrides: [], sets: [] } }));
  if (mine !== picked) return;
  if (!answer) {
    fillPick();
    return;
  }
  state = { ...empty(), source };
  remember(state);
  await trying(() => open(answer));
}

/** Show the scenario of the state: its form and projection at once, its sliders when they are known. */
async function open(answer = "") {
  generation += 1;
  const mine = generation;
  opened = now = form = null;
  levers = [];
  for (const id of ["levers", "pictures", "comparison"]) byId(id).replaceChildren();
  byId("search").value = "";
  byId("charts").setAttribute("aria-busy", "true");
  fillPick();
  say("Projecting");
  const plain = JSON.parse(answer || (await trying(() => askQuietly("/api/form", { scenario: which({}, []) }))) || "null");
  if (mine !== generation) return;
  if (!plain) return editText();
  form = new Form(plain, state.sets, (path, text) => set({ [path]: text }));
  showOverrides(plain.overrides);
  const before = await trying(() => askQuietly("/api/change", { scenario: which({}, []) }));
  if (mine !== generation || !before) return;
  opened = JSON.parse(before);
  showRanks();
  await project();
  rank();
}

function showRanks() {
  const figures = opened.shown.figures;
  if (!figures.some(([name]) => name === state.on)) state.on = figures[0][0];
  byId("rank").replaceChildren(...figures.map(([name, title]) => el("option", { value: name, selected: name === state.on }, title)));
}

async function rank() {
  const mine = generation;
  const on = state.on;
  const note = byId("levers-note");
  const told = ({ done, total }) => (note.textContent = `Finding out what matters most: ${done} of ${total}`);
  note.textContent = "Finding out what matters most";
  const found = await trying(
    () => askWithProgress("/api/levers", { scenario: which({}, state.overrides), on }, told),
    note,
  );
  if (mine !== generation || on !== state.on || !found) return;
  levers = JSON.parse(found).levers;
  note.textContent = levers.length ? "Between the ends of what is known of each; what is set is not drawn, and all else keeps its draws." : "Nothing uncertain moves it.";
  showLevers(byId("levers"), levers, { sets: state.sets, form, changed: set });
}

function showOverrides(names) {
  byId("overrides").hidden = !names.length;
  const boxes = names.map((name) => {
    const toggle = (event) => {
      const kept = state.overrides.filter((other) => other !== name);
      state.overrides = event.target.checked ? [...kept, name] : kept;
      changed();
    };
    const box = el("input", { type: "checkbox", onchange: toggle, checked: state.overrides.includes(name) });
    return el("label", {}, box, name);
  });
  const chosen = names.filter((name) => state.overrides.includes(name)).length;
  byId("overrides").querySelector("summary").textContent = `Named overrides (${chosen ? `${chosen} of ` : ""}${names.length})`;
  byId("overrides").querySelector("fieldset").replaceChildren(...boxes);
  byId("overrides").open ||= chosen > 0;
}

// ---- changing

/** Set values by path; null takes one back. Those that a slider moves together go by its title. */
function set(values, title = "") {
  for (const [name, paths] of Object.entries(state.moved)) if (paths.some((path) => path in values)) delete state.moved[name];
  if (title) state.moved[title] = Object.keys(values);
  for (const [path, text] of Object.entries(values)) {
    if (text === null || text === "") delete state.sets[path];
    else state.sets[path] = text;
  }
  changed();
}

function changed() {
  remember(state);
  showChanges();
  stopSpread();
  if (byId("pictures").childElementCount) byId("pictures-note").textContent = "Drawn before the last change.";
  clearTimeout(timer);
  timer = setTimeout(project, PAUSE_MS);
}

/** Ask for the projection of the state; one question at a time, and always the newest last. */
async function project() {
  if (busy) {
    stale = true;
    return;
  }
  busy = true;
  stale = false;
  const began = performance.now();
  const mine = generation;
  try {
    const text = await askQuietly("/api/change", { scenario: which() });
    if (mine !== generation) return;
    now = JSON.parse(text);
    byId("faults").replaceChildren();
    form?.tell([]);
    say(`Projected in ${Math.round(performance.now() - began)} ms`);
    document.body.dataset.projected = String(Number(document.body.dataset.projected || 0) + 1);
    show();
    planSpread();
  } catch (error) {
    if (mine === generation) showFaults(error);
  } finally {
    busy = false;
    if (stale) project();
  }
}

function showFaults(error) {
  if (error instanceof TypeError) {
    trying(() => Promise.reject(error));
    return;
  }
  const faults = error.faults || [];
  say("Not projected: what is shown is what was before", true);
  const words = faults.length ? faultWords(faults) : [error.message];
  const lines = words.map((text) => el("p", { class: "fault" }, text));
  byId("faults").replaceChildren(...lines);
  form?.tell(faults);
  if (state.source?.text) byId("faults").append(el("button", { type: "button", onclick: editText }, "Edit the text"));
}

/** A line for each fault; those of values that one slider moves are one, by its title. */
function faultWords(faults) {
  const titles = new Map(levers.flatMap((lever) => Object.keys(lever.paths).map((path) => [path, lever.title])));
  const told = new Map();
  for (const fault of faults) {
    const title = fault.path in state.sets ? titles.get(fault.path) : undefined;
    const words = fault.path ? `${title || fault.path}: ${fault.rule}` : fault.text;
    if (!told.has(title || words)) told.set(title || words, words);
  }
  return [...told.values()];
}

// ---- showing

function show() {
  const { shown, projection } = now;
  byId("title").textContent = shown.title;
  document.title = `${shown.title} - capsim workbench`;
  byId("about").textContent = shown.about;
  byId("sentence").textContent = shown.sentence;
  byId("charts").removeAttribute("aria-busy");
  showCards(shown, projection);
  draw(byId("charts"), shown, opened && opened.shown);
  sheet("targets", shown.goals);
  sheet("helps", shown.ladder);
  byId("helps").querySelector("p").textContent = shown.helps;
  lines("warnings", shown.warnings);
  lines("findings", projection.findings.map((finding) => finding.text));
  settleLevers(byId("levers"), levers, state.sets);
  showChanges();
  showVariants();
}

function showCards(shown, projection) {
  const before = opened ? opened.projection.headline : {};
  const cards = shown.cards.map((card) => {
    const moved = change(projection.headline[card.name], before[card.name]);
    return el(
      "div",
      { class: "card" },
      el("span", {}, card.title),
      el("b", {}, card.plan),
      moved ? el("span", { class: "moved-by" }, `${moved} `) : null,
      card.spread ? el("span", {}, card.spread) : null,
    );
  });
  byId("cards").replaceChildren(...cards);
  const capex = shown.cards.find((card) => card.name.startsWith("capex"));
  const few = [...new Set([shown.cards[0], capex, shown.cards.at(-1)])].filter(Boolean);
  byId("strip").replaceChildren(...few.map((card) => el("span", {}, card.title, el("b", {}, card.plan))));
}

function sheet(id, of) {
  byId(id).hidden = !of.rows.length;
  byId(id).querySelector(".wide").replaceChildren(table(of));
}

function lines(id, texts) {
  byId(id).hidden = !texts.length;
  byId(id).querySelector("ul").replaceChildren(...texts.map((text) => el("li", {}, text)));
}

function showChanges() {
  const entries = Object.entries(state.sets);
  // a link has no sliders until they are found again: what one moved is kept by its title
  const groups = Object.entries(state.moved).map(([title, paths]) => ({ title, paths }));
  const shared = new Map(groups.flatMap((group) => group.paths.map((path) => [path, group])));
  const done = new Set();
  const items = [];
  for (const [path, text] of entries) {
    const together = shared.get(path);
    if (together && done.has(together)) continue;
    if (together) done.add(together);
    const paths = together ? together.paths : [path];
    const name = together ? together.title : path;
    const undo = () => set(Object.fromEntries(paths.map((one) => [one, null])));
    items.push(el("li", {}, `${name} = ${text}`, el("button", { type: "button", onclick: undo, "aria-label": `Undo ${name}` }, "Undo")));
  }
  byId("changes").replaceChildren(...(items.length ? items : [el("li", { class: "note" }, "None yet: move a slider, or change a value below.")]));
  byId("undo-all").hidden = !items.length && !state.overrides.length;
}

// ---- the spread and the ladder, behind the projection

function planSpread() {
  clearTimeout(idle);
  byId("spread-note").textContent = "";
  idle = setTimeout(runSpread, IDLE_MS);
}

function stopSpread() {
  clearTimeout(idle);
  if (spread) spread.abort();
  spread = null;
  byId("spread-bar").hidden = byId("spread-stop").hidden = true;
}

async function runSpread() {
  stopSpread();
  const control = (spread = new AbortController());
  const [bar, note] = [byId("spread-bar"), byId("spread-note")];
  bar.hidden = byId("spread-stop").hidden = false;
  byId("spread-go").hidden = true;
  bar.removeAttribute("value");
  note.textContent = "How sure is it, and what would help?";
  const told = ({ done, total, left_s: left }) => {
    bar.value = done / total;
    note.textContent = `How sure is it, and what would help? ${done} of ${total}${left === null ? "" : `, ${Math.ceil(left)} s left`}`;
  };
  const body = { scenario: which(), spread: DRAWS, relief: true };
  const text = await trying(() => askWithProgress("/api/change", body, told, control.signal), note);
  if (control.signal.aborted) return;
  spread = null;
  bar.hidden = byId("spread-stop").hidden = true;
  byId("spread-go").hidden = Boolean(text);
  if (!text) return;
  now = JSON.parse(text);
  note.textContent = `Percentiles are of ${DRAWS} draws; what would help is each limit lifted once.`;
  document.body.dataset.spread = String(Number(document.body.dataset.spread || 0) + 1);
  show();
}

// ---- variants

function keep() {
  const name = byId("variant-name").value.trim() || `Variant ${state.variants.length + 1}`;
  const kept = { name, sets: { ...state.sets }, overrides: [...state.overrides], moved: { ...state.moved }, ...shownOf(now) };
  state.variants = [...state.variants.filter((other) => other.name !== name), kept];
  byId("variant-name").value = "";
  remember(state);
  showVariants();
  say(`Kept ${name}`);
  findHelp();
}

/** What a column shows: the text of the cards, and what would help most. */
const shownOf = ({ projection, shown }) => ({ headline: projection.headline, cards: shown.cards, helps: shown.helps });

/** Ask what would help each variant that was kept before its answer was there, one after the other. */
async function findHelp() {
  if (finding) return;
  finding = true;
  const mine = generation;
  const unknown = () => [{ sets: {}, overrides: [], of: opened.shown }, ...state.variants].find((one) => !(one.of || one).helps);
  for (let one = unknown(); one && mine === generation; one = unknown()) {
    const text = await trying(() => askQuietly("/api/change", { scenario: which(one.sets, one.overrides), relief: true }));
    if (!text || mine !== generation) break;
    (one.of || one).helps = JSON.parse(text).shown.helps || "Nothing is known";
    remember(state);
    showVariants();
  }
  finding = false;
}

function showVariants() {
  byId("compare").hidden = !state.variants.length;
  const place = byId("variants");
  if (!state.variants.length || !opened) {
    place.replaceChildren(el("p", { class: "note" }, "Keep what you have, change something, and see both beside one another."));
    return;
  }
  const columns = [{ name: "As opened", ...shownOf(opened) }, ...state.variants, { name: "Now", ...shownOf(now) }];
  const cell = (column, card) => {
    // a variant that was kept by an earlier workbench has no cards
    const own = column.cards?.find((one) => one.name === card.name);
    const by = column === columns[0] ? "" : change(column.headline[card.name], columns[0].headline[card.name]);
    return el("td", { class: "n" }, own ? textUnder(card.title, own) : "-", by ? el("span", { class: "by" }, by) : null);
  };
  const rows = now.shown.cards.map((card) => el("tr", {}, el("th", { scope: "row" }, card.title), columns.map((column) => cell(column, card))));
  const helps = columns.some((column) => column.helps) ? [el("tr", {}, el("th", { scope: "row" }, "What would help most"), columns.map((column) => el("td", { class: "words" }, (column.helps || "-").replace("Helps most: ", ""))))] : [];
  const head = el("tr", {}, el("th", { scope: "col" }, "Figure"), columns.map((column, i) => headOf(column, i, columns.length)));
  place.replaceChildren(el("table", {}, el("thead", {}, head), el("tbody", {}, rows, helps)));
}

/** The text of a card under a title; with its own unit where its size is another. */
function textUnder(title, card) {
  return card.title === title ? card.plan : `${card.plan} ${card.title.split(", ").at(-1)}`;
}

function headOf(column, i, count) {
  const isKept = i > 0 && i < count - 1;
  const load = () => {
    for (const path of Object.keys(state.sets)) delete state.sets[path];
    Object.assign(state.sets, column.sets);
    state.moved = { ...column.moved };
    state.overrides = [...column.overrides];
    showOverrides(form.form.overrides);
    form.show();
    changed();
  };
  const drop = () => {
    state.variants = state.variants.filter((other) => other !== column);
    remember(state);
    showVariants();
  };
  const buttons = el(
    "span",
    { class: "row" },
    el("button", { type: "button", onclick: load, "aria-label": `Go back to ${column.name}` }, "Back"),
    el("button", { type: "button", onclick: drop, "aria-label": `Remove ${column.name}` }, "Remove"),
  );
  return el("th", { scope: "col", class: "n" }, column.name, isKept ? buttons : null);
}

async function compareAll() {
  const control = new AbortController();
  const place = byId("comparison");
  const named = Object.fromEntries(state.variants.map((one) => [one.name, which(one.sets, one.overrides)]));
  byId("compare").disabled = true;
  byId("compare-stop").hidden = false;
  byId("compare-stop").onclick = () => control.abort();
  const note = el("p", { class: "note", role: "status" }, "Comparing under common random numbers");
  place.replaceChildren(note);
  const told = ({ done, total, left_s: left }) => (note.textContent = `Comparing: ${done} of ${total}${left === null ? "" : `, ${Math.ceil(left)} s left`}`);
  const together = Object.fromEntries(levers.map((lever) => [lever.title, Object.keys(lever.paths)]));
  const body = { base: which({}, []), variants: named, n: COMPARED, on: state.on, together };
  const text = await trying(() => askWithProgress("/api/difference", body, told, control.signal), place);
  byId("compare").disabled = false;
  byId("compare-stop").hidden = true;
  if (control.signal.aborted) place.replaceChildren();
  if (text) place.replaceChildren(...waterfalls(JSON.parse(text).shown));
}

function waterfalls(shown) {
  return shown.map((one) => el("div", { class: "wide" }, table(one, `${one.name} against the scenario as opened`)));
}

// ---- taking along

function changesAsYaml() {
  const quoted = (path) => (/^[\w.-]+$/.test(path) ? path : JSON.stringify(path));
  const lines_ = Object.entries(state.sets).map(([path, text]) => `    ${quoted(path)}: ${text}`);
  return lines_.length ? `overrides:\n  workbench:\n${lines_.join("\n")}\n` : "# nothing is changed\n";
}

function command() {
  const quoted = (text) => (/^[\w.,=:/+-]+$/.test(text) ? text : `'${text.replace(/'/g, "'\\''")}'`);
  const file = state.source.file || (state.source.example ? `${state.source.example}.yaml` : "my-plan.yaml");
  const first = state.source.example ? `capsim examples copy ${state.source.example}\n` : "";
  const options = [...state.overrides.map((name) => `--override ${quoted(name)}`), ...Object.entries(state.sets).map(([path, text]) => `--set ${quoted(`${path}=${text}`)}`)];
  return `${first}capsim run ${[quoted(file), ...options].join(" \\\n    ")}`;
}

function showYaml() {
  byId("command").textContent = command();
  byId("yaml-changes").textContent = changesAsYaml();
  byId("own-text").hidden = !state.source.text;
  if (state.source.text) byId("text").value = state.source.text;
  byId("resolved").open = false;
  byId("yaml").showModal();
}

function editText() {
  if (state.source?.text) showYaml();
}

const TAKEN = {
  report: async (name) => save(`${name}.html`, await ask("/api/report", { scenario: which() }), "text/html"),
  workbook: async (name) => save(`${name}.xlsx`, await ask("/api/workbook", { scenario: which() }, { asBytes: true })),
  results: async (name) => save(`${name}.json`, await ask("/api/project", { scenario: which() }, { asBytes: true })),
  resolved: async (name) => save(`${name}.yaml`, await ask("/api/resolved", { scenario: which() })),
  changes: async (name) => save(`${name}-changes.yaml`, changesAsYaml()),
};

async function take(kind) {
  byId("downloads").open = false;
  say("Making the file");
  const name = form?.form.name || "capsim";
  await trying(async () => {
    await TAKEN[kind](name);
    say("Saved to your downloads");
  });
}

async function drawPictures() {
  const place = byId("pictures");
  byId("draw").disabled = true;
  byId("pictures-note").textContent = "";
  place.replaceChildren(el("p", { class: "note", role: "status" }, "Drawing"));
  const text = await trying(() => ask("/api/pictures", { scenario: which() }), place);
  byId("draw").disabled = false;
  if (!text) return;
  const shown = JSON.parse(text).map(({ title, svg, source, data }) => {
    const image = el("img", { alt: `${title}; its numbers are below`, src: URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" })) });
    const numbers = el("details", {}, el("summary", {}, "The numbers behind it"));
    numbers.addEventListener("toggle", () => {
      if (numbers.open && numbers.childElementCount < 2) numbers.append(el("div", { class: "wide scroll", tabindex: 0 }, table(data)));
    });
    return el("figure", { class: "picture" }, el("h3", {}, title), image, el("figcaption", {}, source), data.rows.length ? numbers : null);
  });
  place.replaceChildren(...shown);
}

// ---- a new scenario

function startNew() {
  const fill = (id, titles, chosen) =>
    byId(id).replaceChildren(...Object.entries(titles).map(([name, title]) => el("option", { value: name, selected: name === chosen }, title || name)));
  fill("new-starter", there.starters, "greenfield-training");
  fill("new-country", there.countries, "fra");
  fill("new-chip", { "": "the starter's", ...Object.fromEntries(there.chips.map((name) => [name, name])) }, "");
  byId("new").showModal();
}

async function makeNew() {
  const body = { name: byId("new-name").value, starter: byId("new-starter").value, country: byId("new-country").value };
  body.chip = byId("new-chip").value;
  body.mw = Number(byId("new-mw").value.replace(",", ".") || 0);
  if (!Number.isFinite(body.mw)) {
    byId("new-fault").textContent = "The power is a number of MW.";
    return;
  }
  byId("new-fault").textContent = "";
  const text = await trying(() => askQuietly("/api/new", body), byId("new-fault"));
  if (!text) return;
  byId("new").close();
  state = { ...empty(), source: { text } };
  remember(state);
  await trying(open);
}

// ---- listeners

byId("pick").onchange = (event) => {
  const [kind, name] = [event.target.value.split(":", 1)[0], event.target.value.replace(/^\w+:/, "")];
  if (kind !== "text") trying(() => openOther({ [kind]: name }));
};
byId("rank").onchange = (event) => {
  state.on = event.target.value;
  remember(state);
  rank();
};
byId("undo-all").onclick = () => {
  for (const path of Object.keys(state.sets)) delete state.sets[path];
  state.moved = {};
  state.overrides = [];
  showOverrides(form?.form.overrides || []);
  form?.show();
  changed();
};
byId("spread-stop").onclick = () => {
  stopSpread();
  byId("spread-note").textContent = "Cancelled.";
  byId("spread-go").hidden = false;
};
byId("spread-go").onclick = runSpread;
byId("keep").onclick = () => now && keep();
byId("variant-name").onkeydown = (event) => {
  if (event.key === "Enter" && now) keep();
};
byId("compare").onclick = compareAll;
byId("show-yaml").onclick = () => state.source && showYaml();
byId("resolved").ontoggle = async () => {
  const place = byId("resolved").querySelector("pre");
  if (byId("resolved").open) place.textContent = (await trying(() => ask("/api/resolved", { scenario: which() }), place)) || place.textContent;
};
byId("text-apply").onclick = () => {
  state.source = { text: byId("text").value };
  remember(state);
  byId("yaml").close();
  trying(open);
};
byId("text").oninput = () => {
  state.source = { text: byId("text").value };
  remember(state);
};
byId("copy-link").onclick = async () => {
  const whole = linkTo(state);
  const isShort = whole.length <= LONGEST_LINK;
  const link = isShort ? whole : linkTo({ ...state, variants: [] });
  const without = isShort || !state.variants.length ? "" : `, without the variants (${state.variants.length}), which would make it too long`;
  try {
    await navigator.clipboard.writeText(link);
    say(`The link is copied${without}; it opens where the workbench was opened before`);
  } catch {
    history.replaceState(null, "", link);
    say(`The link is in the address bar${without}`);
  }
};
for (const button of byId("downloads").querySelectorAll("button")) button.onclick = () => take(button.dataset.take);
byId("downloads").onkeydown = (event) => {
  if (event.key !== "Escape") return;
  byId("downloads").open = false;
  byId("downloads").querySelector("summary").focus();
};
addEventListener("click", (event) => {
  if (!byId("downloads").contains(event.target)) byId("downloads").open = false;
});
byId("draw").onclick = drawPictures;
byId("start-new").onclick = () => there && startNew();
byId("new-make").onclick = makeNew;
byId("new-form").onsubmit = (event) => {
  if (event.submitter && event.submitter.id === "new-make") event.preventDefault();
};
addEventListener("hashchange", () => {
  if (!location.hash.startsWith("#s=")) return;
  state = remembered();
  remember(state);
  trying(open);
});

remember(state);
trying(begin);
