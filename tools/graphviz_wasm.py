"""Graphviz in WebAssembly, taken out of the npm package @viz-js/viz, for the wheel.

    npm install @viz-js/viz@3.31.0
    python -m tools.graphviz_wasm node_modules/@viz-js/viz

writes `autograd/viz/graphviz/graphviz.wasm` and, beside it, `graphviz.json`: its version, and how its imports and
exports are called, which Emscripten has shortened to a letter each. The same version stands in `browser.py`.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

__all__ = ["main", "names", "wasm"]

ROOM = Path(__file__).parents[1] / "autograd" / "viz" / "graphviz"
CATCH = """
const compile = WebAssembly.instantiate;
WebAssembly.instantiate = (code, imports) => { process.stdout.write(code); return compile(code, imports); };
const { instance } = await import(process.argv[1]);
await instance();
"""


def main(arguments: Sequence[str]) -> None:
    """Write both files from the package in a folder."""
    (package,) = map(Path, arguments)
    (ROOM / "graphviz.wasm").write_bytes(wasm(package))
    (ROOM / "graphviz.json").write_text(f"{json.dumps(names(package), indent=1)}\n", encoding="utf-8")


def wasm(package: Path) -> bytes:
    """Return the module that the package hands to the JavaScript engine."""
    module = (package / "dist" / "viz.js").resolve().as_uri()
    command = ["node", "--input-type=module", "-e", CATCH, module]
    return subprocess.run(command, check=True, capture_output=True).stdout


def names(package: Path) -> dict[str, object]:
    """Return the versions, and the names behind the short ones, as the package's script gives them."""
    script = (package / "lib" / "backend.js").read_text(encoding="latin-1")
    (imports,) = re.findall(r"wasmImports=\{([^}]*)\}", script)
    version = json.loads((package / "package.json").read_text(encoding="utf-8"))["version"]
    (graphviz,) = re.findall(r'graphvizVersion = "([^"]+)"', (package / "lib" / "metadata.js").read_text())
    return {
        "package": f"@viz-js/viz {version}",
        "graphviz": graphviz,
        "imports": {short: name.lstrip("_") for short, name in re.findall(r"(\w+):(\w+)", imports)},
        "exports": {
            name.lstrip("_"): short
            for name, short in re.findall(
                r'[,;{](\w+)=(?:Module\["\w+"\]=|wasmMemory=)?wasmExports\["([^_"]+|_)"\]', script
            )
        }
        | {"start": re.findall(r'wasmExports\["(\w+)"\]\(\)', script)[0]},
    }


if __name__ == "__main__":
    main(sys.argv[1:])
