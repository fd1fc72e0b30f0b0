import { bring } from "./bring.js";
import { createEditor } from "./editor.js";
import { engine } from "./engine.js";
import { change, files, isKept, onChange } from "./learner_files.js";
import { hintsOf, make, reportOf, solutionOf, text } from "./learn_report.js";
import { language, t, translate } from "./words.js";

const RUN = 8; // seconds: Python ends a loop of the learner's after five, but nothing else that does not end
const REST = 30; // seconds: for what is no code of the learner's, or was run before, on a slow machine
const element = Object.fromEntries([...document.querySelectorAll("[id]")].map((node) => [node.id, node]));

let exercise; // what learn.open_exercise says of the one that is shown
let editor; // a new one for each, so that "undo" does not bring back another exercise's text
let report; // of its last check

translate();

// ── the learner's files ───────────────────────────────────────────────────────────────────────────────────────────

let timer;
function keepSoon() {
  clearTimeout(timer);
  timer = setTimeout(keep, 300);
}

/** Keep what is in the editor; not a starter that nobody has touched. */
function keep() {
  clearTimeout(timer);
  if (!exercise) return;
  const before = files()[exercise.file];
  if (editor.text !== (before ?? exercise.starter)) change({ [exercise.file]: editor.text });
  showKept();
}

function showKept() {
  element.kept.textContent = t(isKept() ? "learn.kept" : "learn.not_kept");
  element.kept.classList.toggle("error", !isKept());
}

/** Call a function of in_browser/learn.py on the learner's files, and keep what it changes. */
async function ask(name, parameters = {}, timeout = REST) {
  const answer = await engine.call(`learn.${name}`, { ...parameters, files: files(), language }, { timeout });
  change(answer.changes);
  showKept();
  return answer;
}

let waiting = 0;
let last = Promise.resolve();

/** Do one thing after the other. */
function turn(work) {
  waiting += 1;
  setButtons();
  last = last
    .then(work)
    .catch((problem) => engine.state === "failed" || say(t("learn.failed", problem.message)))
    .finally(() => {
      waiting -= 1;
      setButtons();
    });
  return last;
}

/** What a button does: nothing while something else is being done. */
async function doing(work) {
  if (waiting || !exercise) return;
  await turn(() => (keep(), work()));
}

function setButtons() {
  for (const name of ["check", "hint", "reset", "solution", "export", "import"]) {
    element[name].ariaDisabled = String(waiting > 0);
    element[name].disabled = !exercise;
  }
  element.solution.hidden = exercise?.state !== "passed";
}

// ── which exercise ────────────────────────────────────────────────────────────────────────────────────────────────

async function showSteps() {
  const { exercises, current, trouble } = await ask("exercises");
  element.trouble.replaceChildren(...trouble.map((words) => make("p", "", words)));
  if (!element.steps.children.length) element.steps.append(...exercises.map(() => make("li", "", make("a"))));
  exercises.forEach(({ number, title, state, state_words: words }, index) => {
    const link = element.steps.children[index].firstChild;
    link.href = `#${number}`;
    link.title = title;
    link.dataset.state = state;
    link.replaceChildren(String(number), make("span", "unseen", ` ${title}: ${words}`));
    if (number === exercise?.number) link.setAttribute("aria-current", "step");
    else link.removeAttribute("aria-current");
  });
  if (exercise) exercise.state = exercises.find(({ number }) => number === exercise.number).state;
  setButtons();
  return { current, numbers: exercises.map(({ number }) => number) };
}

/** The exercise of the address, as #4 or #e04_rules. */
const asked = () => Number(location.hash.match(/^#e?(\d{1,2})(?!\d)/)?.[1]);

const open = (options) => turn(() => (keep(), show(options)));

async function show({ focus = false } = {}) {
  exercise = undefined; // until the editor has its text, nothing is to be kept
  const { current, numbers } = await showSteps();
  const number = numbers.includes(asked()) ? asked() : current ?? numbers[0];
  if (number !== asked()) history.replaceState(null, "", `#${number}`);
  const opened = await ask("open_exercise", { number });
  report = undefined;
  const host = make("div");
  element.editor.replaceChildren(host);
  editor = createEditor(host, {
    text: files()[opened.file] ?? opened.starter, label: t("learn.editor", opened.file), description: t("learn.keys"),
    onChange: keepSoon, onRun: check,
  });
  exercise = opened;
  element.heading.textContent = exercise.heading;
  element.minutes.textContent = exercise.minutes;
  element.task.replaceChildren(...text(exercise.task));
  for (const part of [element.report, element.hints, element.shown]) part.hidden = true;
  if (exercise.hints.length) showHints(exercise);
  document.title = `${exercise.heading} · autograd`;
  await showSteps();
  if (focus) element.heading.focus();
}

// ── check, hint, solution, reset ──────────────────────────────────────────────────────────────────────────────────

/** Run a check, and where it does not end, end it and say so. A wrong answer is shown before its mistake is found. */
async function checked() {
  const { number } = exercise;
  const first = await ask("check", { number, step: "run" }, RUN).catch((problem) => {
    return ask("stopped", { number, reason: ended(problem) });
  });
  if (!first.looking) return first;
  showReport(first);
  bring(element.report); // it stands below a file that may be longer than the window
  say(t("learn.looking"), { isShown: false });
  return ask("check", { number, step: "search" }).catch((problem) => {
    ended(problem);
    return ask("check", { number, step: "name" });
  });
}

/** How a call was ended; a fault of ours, which has a traceback, is passed on. After any other end Python starts anew. */
function ended(problem) {
  if (problem.reason === "timeout") return "timeout";
  if (problem.message.includes("Traceback")) throw problem;
  if (problem.reason !== "died") engine.stop(); // else it has started again already
  return "died";
}

function check() {
  return doing(async () => {
    say(t("learn.checking"));
    element.report.ariaBusy = "true";
    report = await checked();
    const summary = showReport(report);
    editor.markError(report.line, report.sentence.map(([, words]) => words).join(""));
    if (!element.hints.hidden) showHints({ hints: exercise.hints, all_hints: exercise.all_hints });
    await showSteps();
    element.report.ariaBusy = "false";
    say([...summary.children].map((line) => line.textContent).join(" "), { isShown: false });
    bring(element.report);
  });
}

/** Show a report, and return its first part: what was found. */
function showReport(report) {
  const [summary, ...rest] = reportOf(report);
  element.report.replaceChildren(summary, ...rest);
  element.report.hidden = false;
  element.report.className = report.state.replace(" ", "-");
  return summary;
}

/** Tell the reader; what is shown elsewhere in the page, only a screen reader. */
function say(words, { isShown = true } = {}) {
  element.status.classList.toggle("unseen", !isShown);
  element.status.textContent = words;
}

function showHints(answer) {
  exercise.hints = answer.hints;
  element.hints.hidden = false;
  element.hints.replaceChildren(...hintsOf(answer, report));
}

element.hint.addEventListener("click", () =>
  doing(async () => {
    const answer = await ask("hint", { number: exercise.number });
    showHints(answer);
    const used = answer.hints.length, all = answer.all_hints;
    if (report?.action.key === "next_hint") {
      element.report.querySelector(".next").textContent = t(used < all ? "learn.next_hint" : "learn.next_stuck", used, all);
    }
    element.hints.lastElementChild.scrollIntoView({ block: "nearest" });
    say(document.getElementById("hints-heading").textContent, { isShown: false });
  }),
);

element.solution.addEventListener("click", () =>
  doing(async () => {
    const answer = await ask("solution", { number: exercise.number });
    if (answer.source === null) return;
    element.shown.hidden = false;
    element.shown.replaceChildren(...solutionOf(answer));
    element.shown.scrollIntoView({ block: "nearest" });
  }),
);

element.reset.addEventListener("click", () =>
  doing(async () => {
    if (!(await confirmed(t("learn.reset_question", exercise.file), t("learn.reset")))) return;
    const { kept } = await ask("reset", { number: exercise.number });
    await show();
    say(kept ? t("learn.reset_kept", kept) : t("learn.reset_done"));
  }),
);

element.check.addEventListener("click", check);

/** Ask before something is lost. */
function confirmed(question, yes) {
  element["question-text"].textContent = question;
  element.yes.textContent = yes;
  const dialog = element.question;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}
element.yes.addEventListener("click", () => element.question.close("yes"));
element.no.addEventListener("click", () => element.question.close(""));

// ── export and import ─────────────────────────────────────────────────────────────────────────────────────────────

element.export.addEventListener("click", () =>
  doing(async () => {
    const { name, data } = await ask("export");
    const link = make("a");
    link.href = URL.createObjectURL(new Blob([Uint8Array.from(atob(data), (c) => c.charCodeAt(0))]));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    element.moved.textContent = t("learn.exported", name);
  }),
);

element.import.addEventListener("click", () => exercise && !waiting && element.chosen.click());

element.chosen.addEventListener("change", () =>
  doing(async () => {
    const given = await Promise.all([...element.chosen.files].map(async (file) => ({ name: file.name, data: await base64(file) })));
    element.chosen.value = "";
    let answer = await ask("take", { given, overwrite: false });
    if (answer.asks) {
      if (!(await confirmed(t("learn.import_question", answer.asks.join(", ")), t("learn.import_overwrite")))) return;
      answer = await ask("take", { given, overwrite: true });
    }
    if (answer.problem) {
      element.moved.textContent = t(`learn.${answer.problem}`, ...answer.values);
      return;
    }
    await show();
    const others = answer.others.length ? t("learn.import_others", answer.others.slice(0, 5).join(", "), answer.others.length) : "";
    element.moved.textContent = `${t("learn.imported", answer.taken)} ${others}`;
  }),
);

const LARGEST = 2 ** 22; // bytes: what is larger is refused (in_browser/folder.py) and need not be read

function base64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file.slice(0, LARGEST));
  });
}

// ── the page ──────────────────────────────────────────────────────────────────────────────────────────────────────

let isLoading = false;
engine.addEventListener("state", () => {
  const wasLoading = isLoading;
  isLoading = engine.state === "loading";
  if (isLoading || engine.state === "failed") say(t(`common.${engine.state}`, engine.message));
  else if (wasLoading || (engine.state === "ready" && !waiting)) say("");
});
addEventListener("hashchange", () => asked() !== exercise?.number && open({ focus: true }));
addEventListener("pagehide", keep);
onChange((name) => {
  if (!exercise || waiting) return;
  const now = files()[exercise.file];
  if (name === exercise.file && now !== undefined && now !== editor.text) editor.setText(now);
  else if (name !== exercise.file) turn(showSteps);
});
showKept();
open();
