/*
Run tests inside Pyodide, under Node.js:

    node run_in_pyodide.mjs PYODIDE PROJECT PACKAGES ARGUMENTS…

PYODIDE: the folder of the npm package. PROJECT: the folder of this project. PACKAGES: the folders and files that pytest is
made of, as one JSON list. ARGUMENTS: for pytest. Its exit status is this program's.
*/
import { pathToFileURL } from "node:url";
import fs from "node:fs";
import path from "node:path";

const [folder, project, packages, ...given] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(path.join(folder, "pyodide.mjs")).href);
const pyodide = await loadPyodide({ indexURL: `${folder}/` });
pyodide.mountNodeFS("/project", project);
pyodide.FS.mkdirTree("/packages");
for (const from of JSON.parse(packages)) {
  const to = `/packages/${path.basename(from)}`;
  if (from.endsWith(".py")) pyodide.FS.writeFile(to, fs.readFileSync(from));
  else pyodide.mountNodeFS(to, from);
}
pyodide.globals.set("given", pyodide.toPy(given));
const status = pyodide.runPython(`
import os, sys
sys.dont_write_bytecode = True
sys.path[:0] = ["/project", "/project/tests", "/packages"]
os.chdir("/project")
import pytest
print("Python", sys.version.split()[0], "on", sys.platform, flush=True)
int(pytest.main(list(given)))
`);
process.exit(status);
