/* What a check, a hint and a solution say, as elements. All that came from a program or a file is text, never markup. */
import { showPart } from "./frame.js";
import { t } from "./words.js";

/** An element with a class and children; a child that is a string is text. */
export function make(tag, className = "", ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

const TAGS = { code: "code", emphasis: "em" };
const inline = (parts) => parts.map(([kind, text]) => (TAGS[kind] ? make(TAGS[kind], "", text) : text));
const paragraph = (parts, className) => (parts.length ? [make("p", className, ...inline(parts))] : []);
const code = (text) => make("pre", "code", make("code", "", text));

/** Paragraphs and code: see `blocks` in in_browser/learn.py. */
export const text = (blocks) => blocks.map((block) => (block.code === null ? paragraph(block.parts)[0] : scrolling(unindented(block.code))));

/** Code that is not wrapped, as there are drawings in it. */
const scrolling = (lines) => Object.assign(code(lines), { tabIndex: 0 });

function unindented(lines) {
  return lines.split("\n").map((line) => line.replace(/^ {4}/, "")).join("\n");
}

/** The report of a check, in the order of the terminal: where, which change, what it is called, the numbers. */
export function reportOf(report) {
  const summary = make(
    "div", "",
    make("p", "verdict", report.verdict),
    ...paragraph(report.place),
    ...report.questions.flatMap((question) => paragraph(question)),
    ...paragraph(report.sentence),
  );
  return [
    summary,
    ...report.evidence.flatMap(evidence),
    ...report.notes.flatMap((note) => paragraph(note, "note")),
    ...text(report.learnt),
    make("p", "next", ...(report.looking ? [t("learn.looking")] : next(report.action))),
  ];
}

function next({ key, values, number }) {
  const words = t(`learn.${key}`, ...values);
  if (!number) return [words];
  const link = make("a", "", words);
  link.href = `#${number}`;
  return [link];
}

function evidence({ kind, heading, rows, lines, picture }) {
  const above = heading ? [make("p", "caption", heading)] : [];
  if (kind === "table") return [...above, table(rows)];
  if (!picture) return lines.length ? [...above, code(lines.join("\n"))] : above;
  const frame = make("div");
  showPart(frame, picture, heading);
  const asText = make("details", "", make("summary", "", t("learn.as_text")), code(lines.join("\n")));
  return [...above, frame, asText];
}

function table(rows) {
  const body = make("tbody");
  for (const [label, value] of rows) {
    const head = make("th", "", label);
    head.scope = "row";
    body.append(make("tr", "", head, make("td", "", make("code", "", value))));
  }
  return make("table", "", body);
}

/** The hints that were read, what the last check found before them, and the change that mends it, to be unfolded. */
export function hintsOf({ found = [], hints, all_hints: all }, { kinds = [], mends = [] } = {}) {
  const heading = make("h2", "", t("learn.hints", hints.length, all));
  heading.id = "hints-heading";
  const list = make("ol", "text", ...hints.map((hint) => make("li", "", ...text(hint))));
  const change = make("details", "", make("summary", "", t("learn.mends")), ...mends.flatMap((mend) => text(mend)));
  return [
    heading, ...paragraph(found), ...kinds.flatMap((kind) => paragraph(kind)), list, ...(mends.length ? [change] : []),
  ];
}

/** A solution, the lines by which the learner's differs, and another way. */
export function solutionOf({ source, difference, other }) {
  const heading = make("h2", "", t("learn.solution_heading"));
  heading.id = "solution-heading";
  const lines = difference.map((line) => make("span", { "-": "minus", "+": "plus" }[line[0]] ?? "caption", `${line}\n`));
  return [
    heading,
    code(source),
    make("p", "", t(lines.length ? "learn.difference" : "learn.same")),
    ...(lines.length ? [make("pre", "code", ...lines)] : []),
    ...(other ? [make("p", "", t("learn.other", other.name)), code(other.source)] : []),
  ];
}
