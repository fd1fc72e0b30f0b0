/*
Python in a worker of its own, which can be ended when a program does not stop.

    engine.addEventListener("state", () => engine.state)    "loading", "ready", "busy", "stopped" or "failed"
    await engine.call("play.run", { source, language }, { timeout: 10 })    the function's result, plain data
    engine.stop()                                           ends what runs; the next worker starts at once

`call` rejects with an EngineError: its `reason` is "stopped" (by hand), "timeout" (in seconds; without one, nothing
stops it), "died" (Python itself has ended, and is started again) or "failed" (its message says why). What is called
while the worker loads, or is busy, waits for its turn. On a page with <html data-numpy> there are NumPy, the compiler
and nn, too. The worker is started from a blob, so that the page's Content-Security-Policy holds in it: a program can
reach nothing that the page may not.
*/
import { keepOffline } from "./offline.js";

export class EngineError extends Error {
  constructor(reason, message = reason) {
    super(message);
    this.reason = reason;
  }
}

class Engine extends EventTarget {
  state = "stopped";
  #worker;
  withArrays = "numpy" in document.documentElement.dataset;
  #waiting = []; // the first of them is what the worker is doing
  #timer;

  /** Start the worker, if there is none yet. */
  start() {
    if (this.#worker) return;
    const script = new URL(`worker.js${this.withArrays ? "?numpy" : ""}`, import.meta.url).href;
    const source = `import(${JSON.stringify(script)})`;
    const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    this.#worker = new Worker(address, { type: "module" });
    this.#worker.addEventListener("message", ({ data }) => this.#hear(data));
    this.#worker.addEventListener("error", (event) => this.#fail(event.message || "the worker could not be loaded"));
    this.#become("loading");
  }

  call(name, parameters, { timeout } = {}) {
    this.start();
    return new Promise((resolve, reject) => {
      this.#waiting.push({ name, parameters, timeout, resolve, reject });
      if (this.state === "ready") this.#next();
    });
  }

  stop(reason = "stopped") {
    const given = this.#end();
    this.#become("stopped");
    this.start();
    given.forEach(({ reject }) => reject(new EngineError(reason)));
  }

  #next() {
    const [first] = this.#waiting;
    if (!first) return this.#become("ready");
    this.#become("busy");
    this.#worker.postMessage([first.name, JSON.stringify(first.parameters)]);
    if (first.timeout) this.#timer = setTimeout(() => this.stop("timeout"), first.timeout * 1000);
  }

  #hear({ ready, failed, key, isDead, result }) {
    clearTimeout(this.#timer);
    if (ready) keepOffline();
    else if (this.state === "loading") return this.#fail(failed, key);
    else if (isDead) return this.stop("died");
    else {
      const { resolve, reject } = this.#waiting.shift();
      if (failed === undefined) resolve(JSON.parse(result));
      else reject(new EngineError("failed", failed));
    }
    this.#next();
  }

  #fail(message, key) {
    const given = this.#end();
    this.message = message;
    this.key = key; // of the words that say it better
    this.#become("failed");
    given.forEach(({ reject }) => reject(new EngineError("failed", message)));
  }

  /** End the worker; return what it has not answered. */
  #end() {
    clearTimeout(this.#timer);
    this.#worker?.terminate();
    this.#worker = undefined;
    return this.#waiting.splice(0);
  }

  #become(state) {
    this.state = state;
    this.dispatchEvent(new Event("state"));
  }
}

export const engine = new Engine();
