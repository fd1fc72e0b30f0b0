/*
Pyodide and Graphviz, and the door to this package: see engine.js, which starts it, and in_browser/calls.py.

    in    [name, arguments as JSON]
    out   { ready: true } once, or { failed: why not, key: of the page's words, where they say it }; then for each call
          { result } as JSON, or { failed: what Python says, isDead: whether Python has ended, which cannot run again }
*/
const address = (path) => new URL(path, import.meta.url).href;

const withArrays = new URL(import.meta.url).searchParams.has("numpy");

async function load(path) {
  const response = await fetch(address(path));
  if (!response.ok) throw new Error(`${path}: ${response.status} ${response.statusText}`);
  return response.arrayBuffer();
}

/** NumPy, if the distribution has it and it is the file that this Pyodide knows by its hash. */
async function loadNumPy(pyodide) {
  const problems = [];
  const options = { checkIntegrity: true, errorCallback: (words) => problems.push(words) };
  const loaded = await pyodide.loadPackage("numpy", options).catch((problem) => (problems.push(problem.message), []));
  if (loaded.some(({ name }) => name === "numpy")) return;
  const { file_name: file } = pyodide.lockfile.packages.numpy;
  const answers = await fetch(NUMPY + file, { method: "HEAD" }).then(({ ok }) => ok, () => false); // but not with that file
  throw Object.assign(new Error(problems.join(" ")), { key: answers ? "numpy_damaged" : "numpy_unreachable" });
}

async function start() {
  const packed = Promise.all(["autograd.zip", ...(withArrays ? ["arrays.zip"] : [])].map(load));
  const graphviz = import("@viz-js/viz").then(({ instance }) => instance());
  const { loadPyodide } = await import(address(PYODIDE + "pyodide.mjs"));
  const pyodide = await loadPyodide({ indexURL: address(PYODIDE), packageBaseUrl: NUMPY });
  if (withArrays) await loadNumPy(pyodide);
  for (const archive of await packed) pyodide.unpackArchive(archive, "zip", { extractDir: PACKAGES });
  pyodide.runPython(`import sys; sys.path.insert(0, "${PACKAGES}")`);
  await pyodide.pyimport("autograd.viz").load_graphviz(await graphviz);
  return pyodide.pyimport("autograd.playground.in_browser.calls").call;
}

const PACKAGES = "/packages";
const waiting = [];
let call;

function answer({ data: [name, parameters] }) {
  if (!call) return waiting.push({ data: [name, parameters] });
  try {
    self.postMessage({ result: call(name, parameters) });
  } catch (error) {
    self.postMessage({ failed: String(error.message ?? error).trim(), isDead: error.name !== "PythonError" });
  }
}

function fail(error) {
  if (!call) self.postMessage({ failed: String(error.message ?? error).trim(), key: error.key });
}

self.addEventListener("message", answer);
self.addEventListener("unhandledrejection", ({ reason }) => fail(reason)); // Pyodide waits for ever for a file that did not come
start().then((door) => {
  call = door;
  self.postMessage({ ready: true });
  waiting.forEach(answer);
}, fail);
