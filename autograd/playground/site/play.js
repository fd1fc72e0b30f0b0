import { createEditor } from "./editor.js";
import { engine } from "./engine.js";
import { showPart } from "./frame.js";
import { language, t, translate } from "./words.js";

const LONGEST = 10; // seconds
const [runButton, stopButton, status, error, output, picture] = [
  "run", "stop", "status", "error", "output", "picture",
].map((id) => document.getElementById(id));

translate();
const editor = createEditor(document.getElementById("editor"), {
  text: "from autograd import Value\n\na = Value(2.0, label=\"a\")\nb = Value(-3.0, label=\"b\")\nc = a * b\nc.backward()\nc\n",
  label: t("play.editor"),
  onRun: run,
});

async function run() {
  if (engine.state === "busy") return;
  try {
    const result = await engine.call("play.run", { source: editor.text, language }, { timeout: LONGEST });
    show(result);
  } catch (problem) {
    const words = { timeout: t("play.timeout", LONGEST), stopped: t("play.stopped") };
    show({ output: "", error: { message: words[problem.reason] ?? problem.message, line: null } });
  }
}

function show(result) {
  output.hidden = !result.output;
  output.textContent = result.output;
  const { message, line } = result.error ?? {};
  error.hidden = !message;
  error.textContent = line ? t("play.error_at", line, message) : message ?? "";
  editor.markError(line, message);
  picture.replaceChildren();
  if (result.picture) showPart(picture, result.picture, t("play.picture"));
}

engine.addEventListener("state", () => {
  status.textContent = t(`common.${engine.state}`, engine.message);
  stopButton.disabled = engine.state !== "busy";
  runButton.disabled = engine.state === "busy";
});
runButton.addEventListener("click", run);
stopButton.addEventListener("click", () => engine.stop());
engine.start();
