/*
Compile the part of Python's library that a page imports, for the Python that is in it.

    node precompile.mjs PYODIDE_FOLDER LIBRARY.zip PACKAGE.zip RESULT.zip

A file of the result is code, "name.pyc", if starting Python or importing the playground's own modules imports it, and
source otherwise, which is smaller. Python starts in a quarter of the time: most of it goes into compiling its library.
Where code is larger than its source by DEAR bytes, both compressed, the source stays: a hundred kilobytes in six files.
*/
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [folder, library, archive, result] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${folder}/pyodide.mjs`));
const pyodide = await loadPyodide({ indexURL: folder });
const read = (path) => new Uint8Array(readFileSync(path));
pyodide.unpackArchive(read(archive), "zip", { extractDir: "/packages" });
pyodide.FS.writeFile("/library.zip", read(library));
pyodide.runPython(`
import enum, importlib.util, marshal, sys, zipfile, zlib

sys.path.insert(0, "/packages")
from autograd.playground.in_browser import calls

for module in calls.MODULES:
    importlib.import_module(f"{calls.__package__}.{module}")
calls.call("play.run", '{"source": "from autograd import Value; Value(2.0) * 3", "language": "en"}')

DEAR = 15_000
LIBRARY = enum.__file__.rpartition("/")[0]
specs = [module.__spec__ for module in list(sys.modules.values()) if getattr(module, "__spec__", None)]
imported = {spec.origin for spec in specs}
header = importlib.util.MAGIC_NUMBER + (1).to_bytes(4, "little") + bytes(8)  # code that is not checked against a source
with zipfile.ZipFile("/library.zip") as source, zipfile.ZipFile("/result.zip", "w", zipfile.ZIP_DEFLATED) as target:
    for name in source.namelist():
        content, origin = source.read(name), f"{LIBRARY}/{name}"
        if name.endswith(".py") and origin in imported:
            code = compile(content, origin, "exec", dont_inherit=True, optimize=2)
            compiled = header + marshal.dumps(code)
            if len(zlib.compress(compiled, 9)) - len(zlib.compress(content, 9)) < DEAR:
                name, content = f"{name}c", compiled
        target.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED, 9)
`);
writeFileSync(result, pyodide.FS.readFile("/result.zip"));
