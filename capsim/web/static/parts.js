// Elements of a page. All text goes in as text: nothing here reads HTML.

/** An element with attributes, listeners (onclick: f) and children. */
export function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return made;
}

export const byId = (id) => document.getElementById(id);

/** A table of a sheet: heads, rows, and which columns are numbers. */
export function table({ heads, rows, numeric = [] }, caption) {
  const of = (i) => (numeric.includes(i) ? "n" : null);
  return el(
    "table",
    {},
    caption ? el("caption", { class: "note" }, caption) : null,
    el("thead", {}, el("tr", {}, heads.map((head, i) => el("th", { scope: "col", class: of(i) }, head)))),
    el("tbody", {}, rows.map((row) => el("tr", {}, row.map((cell, i) => el("td", { class: of(i) }, cell))))),
  );
}

const UNITS = { mw: "MW", kw: "kW", gw: "GW", mwh: "MWh", kwh: "kWh", gwh: "GWh", usd: "USD", eur: "EUR", wacc: "WACC" };
UNITS.it = "IT";
UNITS.pue = "PUE";

/** A key of a scenario as people read it. */
export function spoken(key) {
  const words = key.replace(/[-_:]/g, " ").split(" ");
  const said = words.map((word) => UNITS[word] || word).join(" ");
  return said.charAt(0).toUpperCase() + said.slice(1);
}

/** A number in as many digits as are read. */
export function digits(value, most = 4) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "-";
  return value.toLocaleString("en", { maximumSignificantDigits: most });
}

/** A large number in its size: 22.3 m, 1.9 bn. */
export function sized(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "-";
  const size = Math.abs(value);
  if (size >= 1e9) return `${digits(value / 1e9)} bn`;
  if (size >= 1e6) return `${digits(value / 1e6)} m`;
  return digits(value);
}

/** A value in its unit; shares in per cent. */
export function inUnit(value, unit) {
  if (unit === "1") return `${digits(value * 100)} %`;
  if (unit === "1/y") return `${digits(value * 100)} %/y`;
  return unit ? `${sized(value)} ${unit}` : sized(value);
}

/** A change in per cent, with its sign; empty where there is none. */
export function change(now, before) {
  if (!Number.isFinite(now) || !Number.isFinite(before) || now === before) return "";
  if (!before) return "new";
  const percent = ((now - before) / Math.abs(before)) * 100;
  const shown = Math.abs(percent) < 0.05 ? percent.toPrecision(1) : percent.toFixed(1);
  return `${percent > 0 ? "+" : ""}${shown} %`;
}

/** Save something as a file. */
export function save(name, content, type = "text/plain") {
  const blob = content instanceof Blob ? content : new Blob([content], { type });
  const link = el("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
