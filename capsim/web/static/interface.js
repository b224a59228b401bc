// The list of requests, from their description.

import { byId, el, table } from "./parts.js";

const described = await (await fetch("/openapi.json")).json();
const records = described.components?.schemas || {};

function typeOf(schema) {
  if (schema.$ref) return schema.$ref.split("/").pop();
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(" or ");
  if (schema.enum) return schema.enum.join(", ");
  if (schema.type === "array") return `list of ${typeOf(schema.items || {})}`;
  if (schema.additionalProperties) return `mapping of names to ${typeOf(schema.additionalProperties)}`;
  const bounds = [["minimum", "at least"], ["maximum", "at most"]].filter(([key]) => key in schema);
  const said = bounds.map(([key, words]) => `${words} ${schema[key]}`).join(", ");
  return [schema.type || "any", said].filter(Boolean).join(", ");
}

function fieldsOf(name) {
  const record = records[name];
  const rows = Object.entries(record.properties || {}).map(([key, field]) => [
    key,
    typeOf(field),
    (record.required || []).includes(key) ? "required" : JSON.stringify(field.default ?? null),
    field.description || "",
  ]);
  return table({ heads: ["field", "type", "default", "meaning"], rows });
}

function requestOf(path, method, about) {
  const body = about.requestBody?.content?.["application/json"]?.schema?.$ref?.split("/").pop();
  const parameters = (about.parameters || []).map((one) => [one.name, one.description || ""]);
  return el(
    "section",
    {},
    el("h3", {}, el("code", {}, `${method.toUpperCase()} ${path}`), " ", el("span", { class: "tag" }, (about.tags || []).join(", "))),
    el("p", {}, (about.description || about.summary).replace(/`/g, "")),
    body ? el("div", { class: "wide" }, fieldsOf(body)) : null,
    parameters.length ? el("div", { class: "wide" }, table({ heads: ["in the path", "meaning"], rows: parameters })) : null,
  );
}

// all requests share them
const [first] = Object.values(described.paths).flatMap((ways) => Object.values(ways));
const errors = Object.entries(first.responses).filter(([status]) => status !== "200").map(([status, one]) => [status, one.description.replace(/`/g, "")]);
const requests = Object.entries(described.paths).flatMap(([path, ways]) => Object.entries(ways).map(([method, about]) => requestOf(path, method, about)));
const parts = Object.keys(records).filter((name) => ["Which", "Claim"].includes(name)).map((name) => el("section", {}, el("h3", {}, name), el("p", {}, records[name].description || ""), el("div", { class: "wide" }, fieldsOf(name))));
byId("list").replaceChildren(el("h1", {}, `capsim ${described.info.version}`), el("p", {}, described.info.description), ...requests, el("h2", {}, "Parts of bodies"), ...parts, el("h2", {}, "In the place of an answer"), el("div", { class: "wide" }, table({ heads: ["status", "when"], rows: errors })));
