/*
Pyodide and Graphviz, and the door to this package: see engine.js, which starts it, and in_browser/calls.py.

    in    [name, arguments as JSON]
    out   { ready: true } once, then for each call { result } as JSON, or { failed: what Python says, isDead: whether
          Python has ended, which cannot run again }
*/
const address = (path) => new URL(path, import.meta.url).href;

const withArrays = new URL(import.meta.url).searchParams.has("numpy");

async function load(path) {
  const response = await fetch(address(path));
  if (!response.ok) throw new Error(`${path}: ${response.status} ${response.statusText}`);
  return response.arrayBuffer();
}

async function loadNumPy(pyodide) {
  const loaded = await pyodide.loadPackage("numpy", { checkIntegrity: true, errorCallback: () => {} });
  if (!loaded.some(({ name }) => name === "numpy")) throw new Error(`NumPy could not be fetched from ${NUMPY}`);
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
  if (!call) self.postMessage({ failed: String(error.message ?? error).trim() });
}

self.addEventListener("message", answer);
self.addEventListener("unhandledrejection", ({ reason }) => fail(reason)); // Pyodide waits for ever for a file that did not come
start().then((door) => {
  call = door;
  self.postMessage({ ready: true });
  waiting.forEach(answer);
}, fail);
