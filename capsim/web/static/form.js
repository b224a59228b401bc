// The form of every value, and the sliders.

import { byId, el, inUnit, spoken } from "./parts.js";

const NUMBER = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;
const SHARES = new Set(["1", "1/y"]); // units that are read in per cent
const STEPS = 200;
const FEW = 5; // sliders of a narrow page, before all are asked for
const OWN = (field) => !["catalog", "default"].includes(field.row.layer);
const BOUNDS = { gt: "more than", ge: "at least", lt: "less than", le: "at most" };

/** The form of a scenario: groups of fields that are made when they are opened. */
export class Form {
  constructor(form, sets, changed) {
    Object.assign(this, { form, sets, changed, faults: [] });
    this.groups = new Map();
    for (const field of form.fields) {
      if (field.is_fixed) continue;
      const place = field.row.path.split(".").slice(0, -1).join(".");
      if (!this.groups.has(place)) this.groups.set(place, []);
      this.groups.get(place).push(field);
    }
    this.byPath = new Map(form.fields.map((field) => [field.row.path, field]));
    byId("search").oninput = byId("own-only").onchange = () => this.show();
    this.show();
  }

  /** Show groups with a field that is searched for, or that the scenario itself says. */
  show() {
    const wanted = byId("search").value.trim().toLowerCase();
    const ownOnly = byId("own-only").checked && !wanted;
    const open = new Set([...byId("form").querySelectorAll("details[open]")].map((group) => group.dataset.place));
    const shown = [];
    for (const [place, fields] of this.groups) {
      const kept = fields.filter((field) => this._is(field, wanted, ownOnly));
      if (kept.length) shown.push(this._group(place, kept, open.has(place) || Boolean(wanted && shown.length < 5)));
    }
    byId("form").replaceChildren(...(shown.length ? shown : [el("p", { class: "note" }, "No value of that name.")]));
  }

  _is(field, wanted, ownOnly) {
    const path = field.row.path;
    if (ownOnly) return OWN(field) || path in this.sets || this.faults.some((fault) => fault.path === path);
    const said = `${path} ${spoken(path)} ${field.title} ${field.meaning}`.toLowerCase();
    return wanted.split(/\s+/).every((word) => said.includes(word));
  }

  _group(place, fields, isOpen) {
    const title = place ? place.split(".").map(spoken).join(" › ") : "The scenario";
    const inside = el("div");
    const fill = () => {
      if (!inside.childElementCount) inside.append(...fields.map((field) => this._field(field)));
    };
    const hasFault = fields.some((field) => this.faults.some((fault) => fault.path === field.row.path));
    const group = el("details", { class: "group", open: isOpen || hasFault, "data-place": place });
    group.append(el("summary", {}, `${title} (${fields.length})`), inside);
    group.addEventListener("toggle", () => group.open && fill());
    if (group.open) fill();
    return group;
  }

  _field(field) {
    const { row } = field;
    const id = `v-${row.path}`;
    const now = row.path in this.sets ? this.sets[row.path] : row.value;
    const faults = this.faults.filter((fault) => fault.path === row.path);
    const entry = this._entry(field, id, now, faults.length > 0);
    const label = el("label", { for: id }, el("span", { class: "name" }, field.title, row.unit && row.unit !== "1" ? `, ${row.unit}` : ""));
    const undo = el("button", { type: "button", onclick: () => this.changed(row.path, null), "aria-label": `Undo ${field.title} (${row.path})` }, "Undo");
    return el(
      "div",
      { class: `field${row.path in this.sets ? " moved" : ""}`, "data-path": row.path },
      label,
      entry,
      faults.map((fault) => el("p", { class: "fault", id: `${id}-fault` }, fault.rule)),
      el("small", { id: `${id}-about` }, about(field)),
      row.path in this.sets ? undo : null,
    );
  }

  _entry(field, id, now, isWrong) {
    const described = isWrong ? `${id}-fault ${id}-about` : `${id}-about`;
    const shared = { id, "aria-describedby": described, "aria-invalid": isWrong ? "true" : null, class: isWrong ? "wrong" : null };
    const set = (event) => this.changed(field.row.path, event.target.value);
    if (field.choices || field.kind === "truth") {
      const names = field.choices ? this.form.choices[field.choices] : { true: "yes", false: "no" };
      const offered = Object.keys(names).includes(now) ? names : { [now]: "", ...names };
      const options = Object.entries(offered).map(([name, title]) =>
        el("option", { value: name, selected: name === now }, title ? `${name}: ${title}` : name),
      );
      return el("select", { ...shared, onchange: set }, options);
    }
    const type = field.kind === "date" && /^\d{4}-\d\d-\d\d$/.test(now) ? "date" : "text";
    const central = field.row.central && !(field.row.path in this.sets) ? field.row.central : now;
    const mode = field.kind === "number" || field.kind === "whole" ? "decimal" : null;
    return el("input", { ...shared, type, value: central, inputmode: mode, autocomplete: "off", oninput: set });
  }

  /** Show faults at their fields. */
  tell(faults) {
    this.faults = faults;
    const had = document.activeElement && document.activeElement.id;
    for (const field of byId("form").querySelectorAll(".field")) {
      const made = this._field(this.byPath.get(field.dataset.path));
      // what is being typed into stays; what is said around it is made anew
      if (had && field.contains(document.activeElement)) {
        const entry = document.activeElement;
        const fresh = made.querySelector("input,select");
        for (const name of ["aria-describedby", "aria-invalid", "class"]) {
          if (fresh.hasAttribute(name)) entry.setAttribute(name, fresh.getAttribute(name));
          else entry.removeAttribute(name);
        }
        for (const other of [...field.children]) if (other !== entry && other.tagName !== "LABEL") other.remove();
        for (const other of [...made.children]) if (other !== fresh && other.tagName !== "LABEL") field.append(other);
        field.className = made.className;
      } else field.replaceWith(made);
    }
    const shown = new Set([...byId("form").querySelectorAll("details")].map((group) => group.dataset.place));
    if (faults.some((fault) => !shown.has(fault.path.split(".").slice(0, -1).join(".")))) this.show();
  }

  meaning(path) {
    return this.byPath.get(path)?.meaning || "";
  }
}

/** What a value is, what may stand there, and where it is from. */
function about({ row, meaning, bounds, kind }) {
  const drawn = row.central ? `Drawn: ${row.value}. What is set is not drawn.` : "";
  const within = Object.entries(bounds).map(([name, bound]) => `${BOUNDS[name]} ${bound}`).join(", ");
  const source = row.source ? `Source: ${row.source}` : "";
  const place = ["catalog", "default"].includes(row.layer) ? row.layer : row.place;
  const list = kind === "list" ? "A list, such as [a, b]." : "";
  return [meaning, within && `Must be ${within}.`, list, drawn, source, `From ${place}.`].filter(Boolean).join(" ");
}

/** A slider for each draw that moves the figure most, with a field to type into. */
export function showLevers(place, levers, { sets, form, changed }) {
  place.replaceChildren(...levers.map((lever) => lever_(lever, sets, form, changed)));
  place.classList.remove("all");
  const all = el("button", { type: "button", class: "more", onclick: () => place.classList.add("all") }, "All sliders");
  if (levers.length > FEW) place.append(all);
}

function lever_(lever, sets, form, changed) {
  const [first] = Object.keys(lever.paths);
  const now = first in sets && NUMBER.test(sets[first]) ? Number(sets[first]) : lever.at;
  const label = lever.title;
  const count = Object.keys(lever.paths).length;
  const range = el("input", { type: "range", min: lever.low, max: lever.high, step: (lever.high - lever.low) / STEPS, value: now, "aria-label": label });
  range.setAttribute("aria-valuetext", inUnit(now, lever.unit));
  const typed = el("input", { class: "n", inputmode: "decimal", autocomplete: "off", value: bare(now, lever.unit), "aria-label": `${label}, number` });
  const box = el("div", { class: `lever${first in sets ? " moved" : ""}`, "data-path": first });
  const at = el("b", {}, bare(now, lever.unit));
  const move = (text) => {
    range.setAttribute("aria-valuetext", NUMBER.test(text) ? inUnit(Number(text), lever.unit) : text);
    at.textContent = NUMBER.test(text) ? bare(Number(text), lever.unit) : "";
    box.classList.add("moved");
    const values = Object.entries(lever.paths).map(([path, ratio]) => [path, NUMBER.test(text) && ratio !== 1 ? short(Number(text) * ratio) : text]);
    changed(Object.fromEntries(values), count > 1 ? label : "");
  };
  range.addEventListener("input", () => {
    typed.value = bare(Number(range.value), lever.unit);
    move(short(Number(range.value)));
  });
  const wrong = el("p", { class: "fault", role: "status", hidden: true });
  typed.addEventListener("input", () => {
    const text = asWritten(typed.value, lever.unit);
    const refused = text === null ? unitFault(lever.unit) : "";
    wrong.textContent = refused;
    wrong.hidden = !refused;
    typed.classList.toggle("wrong", Boolean(refused));
    if (refused) typed.setAttribute("aria-invalid", "true");
    else typed.removeAttribute("aria-invalid");
    // what stands elsewhere is of the last value that was one
    if (refused) return;
    if (NUMBER.test(text)) range.value = Number(text);
    move(text);
  });
  const ends = el("div", { class: "ends", "aria-hidden": "true" }, el("span", {}, bare(lever.low, lever.unit)), at, el("span", {}, bare(lever.high, lever.unit)));
  // its unit stands behind the title
  const small = el("small", {}, `${form.meaning(first).replace(/ \[[^\]]*\]$/, "")}${count > 1 ? ` For ${count} values.` : ""}`);
  const from = lever.source ? el("small", { class: "source", title: lever.source }, `Its ends are those of its range. Source: ${lever.source}`) : null;
  box.append(el("div", { class: "name" }, label, SHARES.has(lever.unit) || !lever.unit ? "" : `, ${lever.unit}`, small), el("div", { class: "row" }, range, typed), wrong, ends, from);
  return box;
}

/** A value without its unit, which stands elsewhere; shares in per cent. */
function bare(value, unit) {
  return inUnit(value, SHARES.has(unit) ? unit : "");
}

/**
 * What is typed as a number, in the form that entries have, as it is written in a file: 22.3 m, 8 %.
 * Null where a unit stands behind it that is not the value's: per cent of what is no share, millions of a share.
 */
export function asWritten(text, unit) {
  const found = /^([-+]?[\d.,]+(?:e[-+]?\d+)?)\s*([a-z%].*)?$/i.exec(text.trim());
  if (!found) return text.trim();
  const sizes = SHARES.has(unit) ? { "%": 0.01, [`%${unit.slice(1)}`]: 0.01 } : { bn: 1e9, m: 1e6 };
  const [, typed, behind = ""] = found;
  const own = !SHARES.has(unit) && behind.endsWith(unit) ? behind.slice(0, behind.length - unit.length).trim() : behind;
  if (own && !Object.hasOwn(sizes, own.toLowerCase())) return null;
  const size = sizes[own.toLowerCase()];
  const number = typed.replace(/,/g, "");
  return size && NUMBER.test(number) ? short(Number(number) * size) : number;
}

/** What may stand behind a number of a unit. */
function unitFault(unit) {
  if (SHARES.has(unit)) return `Type a number or per cent, such as 8 %${unit.slice(1)}.`;
  return `Type a number${unit ? ` of ${unit}` : ""}, with m or bn behind it for millions or billions.`;
}

/** A number as it is written in a file, in few digits. */
function short(value) {
  return String(Number(value.toPrecision(5)));
}

/** Put sliders where the values are, such as after an undo. */
export function settleLevers(place, levers, sets) {
  for (const lever of levers) {
    const [first] = Object.keys(lever.paths);
    const box = place.querySelector(`[data-path="${CSS.escape(first)}"]`);
    if (!box || box.contains(document.activeElement)) continue;
    const [range, typed] = box.querySelectorAll("input");
    const text = first in sets ? sets[first] : short(lever.at);
    typed.value = NUMBER.test(text) ? bare(Number(text), lever.unit) : text;
    typed.classList.remove("wrong");
    typed.removeAttribute("aria-invalid");
    box.querySelector(".fault").hidden = true;
    if (NUMBER.test(text)) range.value = Number(text);
    range.setAttribute("aria-valuetext", NUMBER.test(text) ? inUnit(Number(text), lever.unit) : text);
    box.querySelector(".ends b").textContent = NUMBER.test(text) ? bare(Number(text), lever.unit) : "";
    box.classList.toggle("moved", first in sets);
  }
}

