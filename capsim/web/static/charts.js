// The three live charts: capacity, power and cost by month, over what the scenario was as it was opened.

import { el, sized, table } from "./parts.js";

const COLOURS = { blue: "#0072b2", orange: "#d55e00", green: "#009e73", grey: "#7a8288", red: "#a63d5f", sky: "#56b4e9" };
const DARK = { blue: "#4aa8e0", orange: "#ff9d66", green: "#4fd1a5", grey: "#a6b0ba", red: "#ff8fb0", sky: "#8fd0f5" };
const HEIGHT = 240;
const NARROWEST = 200;
const SECONDS = 1000;
const dark = matchMedia("(prefers-color-scheme: dark)");
const charts = new Map();
let last = null;

/** Draw what a projection gave; `before` is that of the scenario as opened. */
export function draw(place, shown, before) {
  last = [place, shown, before];
  shown.charts.forEach((chart, i) => {
    const kept = before && before.charts[i].title === chart.title ? before.charts[i] : null;
    drawOne(place, chart, shown.months, kept, before && before.months);
  });
}

function drawOne(place, chart, months, before, monthsBefore) {
  const lines = linesOf(chart, months, before, monthsBefore);
  const key = JSON.stringify([chart.title, lines.map((line) => line.label), chart.unit, months.length, dark.matches]);
  const there = charts.get(chart.title);
  const data = [months.map((day) => Date.parse(`${day}T00:00:00Z`) / SECONDS), ...lines.map((line) => line.values)];
  if (there && there.key === key) {
    there.lines = lines;
    there.plot.setData(data);
    there.chart = chart;
    there.months = months;
    if (there.numbers.open) fill(there);
    return;
  }
  const figure = there ? there.figure : el("figure", { class: "chart" });
  if (there) there.plot.destroy();
  else place.append(figure);
  const numbers = el("details", {}, el("summary", {}, "The numbers"));
  const box = el("div");
  const title = el("h3", {}, `${chart.title} `, el("small", {}, chart.unit));
  figure.setAttribute("aria-label", `${chart.title}, ${chart.unit}, by month`);
  figure.replaceChildren(title, box, numbers);
  const made = { key, figure, box, numbers, chart, months, lines };
  made.plot = new uPlot(options(box, made), data, box);
  numbers.addEventListener("toggle", () => numbers.open && fill(made));
  charts.set(chart.title, made);
  // a chart is as wide as its frame, which the next one may make narrower
  if (there) there.watch.disconnect();
  made.watch = new ResizeObserver(() => fit(made));
  made.watch.observe(box);
}

/** Lines, targets as level dashes, and the first line as it was before. */
function linesOf(chart, months, before, monthsBefore) {
  const lines = [...chart.lines];
  for (const mark of chart.marks)
    lines.push({ label: mark.label, values: months.map(() => mark.value), texts: months.map(() => mark.text), colour: "grey", dashed: true });
  const first = before && before.lines[0];
  if (first && JSON.stringify(first.values) !== JSON.stringify(chart.lines[0].values)) {
    const at = new Map(monthsBefore.map((day, i) => [day, i]));
    const of = (each, none) => months.map((day) => (at.has(day) ? each[at.get(day)] : none));
    lines.push({ label: `${first.label}, as opened`, values: of(first.values, null), texts: of(first.texts, ""), colour: "grey", dotted: true });
  }
  return lines;
}

function monthOf(seconds) {
  return seconds === undefined ? "" : new Date(seconds * SECONDS).toISOString().slice(0, 7);
}

function options(box, made) {
  const { lines } = made;
  const style = getComputedStyle(document.documentElement);
  const [ink, line] = [style.getPropertyValue("--soft").trim(), style.getPropertyValue("--line").trim()];
  const colours = dark.matches ? DARK : COLOURS;
  const stepped = uPlot.paths.stepped({ align: 1 });
  const axis = { stroke: ink, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 }, font: "12px system-ui" };
  return {
    width: Math.max(box.clientWidth, NARROWEST),
    height: HEIGHT,
    scales: { y: { range: (_, __, most) => [0, most > 0 ? most * 1.06 : 1] } },
    axes: [axis, { ...axis, size: 72, values: (_, ticks) => ticks.map(sized) }],
    legend: { live: true },
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * SECONDS), "Etc/UTC"),
    series: [
      { label: "month", value: (plot, seconds) => monthOf(seconds ?? plot.data[0].at(-1)) },
      ...lines.map((one) => ({
        label: one.label,
        stroke: colours[one.colour],
        width: one.dotted || one.filled ? 1.4 : 2,
        dash: one.dotted ? [2, 4] : one.dashed ? [8, 5] : undefined,
        fill: one.filled ? `${colours[one.colour]}${dark.matches ? "99" : "b0"}` : undefined,
        paths: stepped,
        points: { show: false },
        // with no month under the mouse the last one is told
        value: (plot, value, i, at) => made.lines[i - 1].texts.at(at ?? -1) ?? "",
      })),
    ],
  };
}

/** The numbers behind a chart, at the end of each year, for whoever does not see it. */
function fill({ numbers, chart, months }) {
  const ends = months.map((day, i) => i).filter((i) => i === months.length - 1 || months[i].endsWith("-12-01"));
  const rows = ends.map((i) => [months[i].slice(0, 7), ...chart.lines.map((line) => line.texts[i])]);
  const sheet = { heads: ["month", ...chart.lines.map((line) => line.label)], rows };
  sheet.numeric = sheet.heads.map((_, i) => i).slice(1);
  numbers.querySelector(".wide")?.remove();
  numbers.append(el("div", { class: "wide" }, table(sheet)));
}

function fit({ plot, box }) {
  const width = Math.max(box.clientWidth, NARROWEST);
  if (width !== plot.width) plot.setSize({ width, height: HEIGHT });
}

addEventListener("beforeprint", () => charts.forEach(fit));
dark.addEventListener("change", () => last && draw(...last));
