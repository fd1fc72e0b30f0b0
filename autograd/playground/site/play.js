/* The page Play: a program, and the last Value that it made, as a picture, a player, finite differences, a quiz. */
import { bring } from "./bring.js";
import { comparison } from "./differences.js";
import { createEditor } from "./editor.js";
import { engine } from "./engine.js";
import { showPart } from "./frame.js";
import { keep, kept } from "./kept.js";
import { addressOf, MOST_LETTERS, programIn } from "./share.js";
import { language, t, translate } from "./words.js";

const LONGEST = 10; // seconds, then a program is stopped
const KEY = "autograd.play.program";
const [runButton, stopButton, shareButton, status, error, advice, printed, output, cut, views, view, examples, about, notice, spoken] = [
  "run", "stop", "share", "status", "error", "advice", "printed", "output", "cut", "views", "view", "examples", "about", "notice",
  "spoken",
].map((id) => document.getElementById(id));

let shown; // what the last run gave; undefined where the text was changed since
let asked = 0; // numbers the runs: what comes late from an earlier one is not shown
let isWaiting = false; // for what was asked last
let own = kept(KEY); // the program that the reader wrote last

translate();
const editor = createEditor(document.getElementById("editor"), {
  label: t("play.editor"), description: t("play.keys"),
  onChange: (text) => {
    own = text;
    keep(KEY, text);
    if (location.hash) history.replaceState(null, "", location.pathname + location.search); // a reload brings this text
    replaced("");
  },
  onRun: run,
});

// ── running ──

async function run() {
  notice.hidden = true;
  await show("picture", true);
  bringResult();
}

/** Into the window: an error, or on a narrow page the picture, which stands below the program. */
function bringResult() {
  if (!error.hidden) bring(error);
  else if (view.offsetTop > runButton.offsetTop) bring(view);
}

/** Run the program, if it was changed since the last time or `again`, and show a view of the Value it made. */
async function show(name, again) {
  if (isWaiting) return;
  const run = ++asked;
  waiting(true);
  press(name);
  try {
    if (!shown || again) {
      const result = await engine.call("play.run", { source: editor.text, language }, { timeout: LONGEST });
      if (run !== asked) return;
      report(result);
      shown = result;
    }
    await fill(name, run);
  } catch (problem) {
    if (run !== asked) return;
    const words = { timeout: t("play.timeout", LONGEST), stopped: t("play.stopped"), died: t("play.died") };
    if (engine.state === "failed") words.failed = situation(); // the next run loads it again
    shown = undefined;
    report({ output: "", error: { message: words[problem.reason] ?? problem.message } });
    view.replaceChildren();
  } finally {
    if (run === asked) waiting(false);
  }
}

/** The editor has another text: what runs, or was shown, is of an earlier one. name: of the example that it is. */
function replaced(name) {
  shown = undefined;
  examples.value = name;
  document.getElementById("link").hidden = true;
  document.getElementById("address").value = "";
  about.textContent = name && t(`examples.${name}_about`);
}

function waiting(is) {
  isWaiting = is;
  view.ariaBusy = is;
}

/** Show one of the views of what the last run made. */
async function fill(name, run) {
  if (name === "picture" || !shown.has_graph) {
    press("picture");
    if (shown.picture) return showPart(view, shown.picture, shown.alt ?? t("play.picture"));
    return view.replaceChildren(paragraph(shown.error ? "" : t("play.no_value")));
  }
  const isComparison = name === "differences";
  const parameters = isComparison ? { language } : { language, quiz: name === "quiz" };
  const result = await engine.call(isComparison ? "play.differences" : "play.player", parameters, { timeout: LONGEST });
  if (run !== asked) return;
  if (result.error) return view.replaceChildren(paragraph(result.error.message, "error"));
  if (isComparison) return view.replaceChildren(comparison(result));
  return showPart(view, result.picture, t(`play.${name}`));
}

/** Say what a run printed, and what went wrong in it. */
function report(result) {
  const { message, line, missing = null } = result.error ?? {};
  printed.hidden = !result.output;
  output.textContent = result.output;
  cut.hidden = !result.is_cut;
  spoken.textContent = result.alt ?? "";
  error.hidden = !message;
  error.textContent = line ? t("play.error_at", line, message) : message ?? "";
  advice.hidden = missing === null;
  advice.textContent = advice.hidden ? "" : t(["numpy", "nn"].includes(missing) ? "play.needs_numpy" : "play.not_here", missing);
  editor.markError(line, message);
}

function press(name) {
  for (const button of views.children) button.ariaPressed = button.dataset.view === name;
}

function paragraph(text, name = "hint") {
  const element = document.createElement(name === "error" ? "pre" : "p");
  element.className = name;
  element.textContent = text;
  return element;
}

/** What Python is doing, in words. */
const situation = () => t(engine.state === "failed" && engine.key ? `play.${engine.key}` : `common.${engine.state}`, engine.message);

engine.addEventListener("state", () => {
  const { state } = engine;
  status.textContent = situation();
  stopButton.disabled = state !== "busy";
  clearTimeout(slow);
  if (state === "busy") slow = setTimeout(() => (status.textContent = t("play.still")), 3000);
});
let slow;
runButton.addEventListener("click", run);
stopButton.addEventListener("click", () => engine.stop());
views.addEventListener("click", ({ target }) => target.dataset.view && show(target.dataset.view).then(() => bring(view)));

// ── NumPy: another page, whose policy lets it load from Pyodide's distribution ──

const numpy = document.getElementById("numpy");
numpy.checked = engine.withArrays;
numpy.addEventListener("change", () => {
  const address = new URL(numpy.checked ? "play-numpy.html" : "index.html", location.href);
  keep(KEY, editor.text);
  location.assign(address.href + location.search);
});

// ── examples ──

for (const name of Object.keys(EXAMPLES)) examples.append(new Option(t(`examples.${name}`), name));
examples.prepend(new Option(t("play.own"), ""));
examples.addEventListener("change", () => (examples.value ? open(examples.value).then(bringResult) : openOwn()));

async function open(name) {
  clear();
  editor.setText(EXAMPLES[name]);
  replaced(name);
  await show("picture", true);
}

/** The reader's own program, which runs when it is asked to: it may be one that never ends. */
function openOwn() {
  clear();
  if (own) editor.setText(own);
  replaced("");
  view.replaceChildren();
  report({ output: "" });
}

function clear() {
  asked += 1;
  if (engine.state === "busy") engine.stop();
  waiting(false);
  notice.hidden = true;
}

// ── sharing ──

shareButton.addEventListener("click", async () => {
  const link = document.getElementById("link"), field = document.getElementById("address"), copied = document.getElementById("copied");
  const address = await addressOf(editor.text);
  link.hidden = false;
  field.value = address ?? "";
  field.parentNode.hidden = !address;
  copied.textContent = "";
  if (!address) return (copied.textContent = t("play.too_long", MOST_LETTERS));
  field.select();
  const isCopied = await navigator.clipboard?.writeText(address).then(() => true, () => false);
  copied.textContent = t(isCopied ? "play.copied" : "play.copy");
});

/** Show the program of a link, but do not run it; otherwise the reader's own of the last time, or the first example. */
async function start() {
  const program = await programIn(location.hash);
  const say = (words) => {
    notice.hidden = false;
    notice.textContent = words;
  };
  if (program.text !== undefined) {
    editor.setText(program.text);
    replaced("");
    view.replaceChildren();
    return say(t("play.came_with_link"));
  }
  if (program.isDamaged) say(t("play.damaged"));
  const [first] = Object.keys(EXAMPLES);
  const name = Object.keys(EXAMPLES).find((name) => EXAMPLES[name] === own) ?? (own ? "" : first);
  if (name && !program.isDamaged) return open(name);
  editor.setText(own ?? EXAMPLES[first]);
  replaced(name);
}

addEventListener("hashchange", start);
engine.start();
start();
