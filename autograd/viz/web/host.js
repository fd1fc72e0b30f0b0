/*
Where a picture lives on a page: a host with a shadow root, put before what the page shows without scripts.

    const root = shadow(box, html, css)    root.host is the host, known by data-lm-suppress-shortcuts

`box` is the element that holds what is shown without scripts (an image, a table): hide it by `alone(root.host)`.
The host has data-theme "light" or "dark": JupyterLab's, VS Code's, else the system's; followed while the page is open.
*/
function shadow(box, html, css) {
  box.querySelector("[data-lm-suppress-shortcuts]")?.remove();
  const host = document.createElement("div"), root = host.attachShadow({ mode: "open" });
  host.dataset.lmSuppressShortcuts = "true";
  adopt(root, css);
  insert(root, html);
  const system = matchMedia("(prefers-color-scheme: dark)"), reference = new WeakRef(host);
  function follow() {
    const living = reference.deref(), { dataset, className } = document.body;
    if (!living) return watcher.disconnect(), system.removeEventListener("change", follow);
    const said = `${dataset.jpThemeLight} ${dataset.vscodeThemeKind} ${className}`;
    const isDark = /vscode\S*light|^true/.test(said) ? false : /vscode|^false/.test(said) || system.matches;
    living.dataset.theme = isDark ? "dark" : "light";
  }
  const watcher = new MutationObserver(follow);
  watcher.observe(document.body, { attributeFilter: ["class", "data-jp-theme-light", "data-vscode-theme-kind"] });
  system.addEventListener("change", follow);
  follow();
  box.prepend(host);
  return root;
}

// Style sheets are constructed: a page with a strict Content-Security-Policy allows those, and no <style>.
function adopt(root, css) {
  const sheets = root.adoptedStyleSheets, sheet = new CSSStyleSheet();
  if (sheets.some(({ text }) => text === css)) return;
  sheet.replaceSync(css);
  sheet.text = css;
  sheets.push(sheet);
}
// HTML into an element of a shadow root; the style sheets of the pictures in it become the root's.
function insert(element, html) {
  element.innerHTML = html.replace(/<style>(.*?)<\/style>/gs, (_, css) => (adopt(element.getRootNode(), css), ""));
}

// The source of a picture, from the <img> that shows it without scripts.
const sourceOf = (image) => decodeURIComponent(image.getAttribute("src").replace(/.*?,/, ""));

// Hide everything beside a host.
const alone = (host) => [...host.parentNode.children].forEach((child) => child.hidden = child !== host);

// A text with its fields {0}, {1}, … filled in.
const fill = (text, values) => text.replace(/{(\d)}/g, (_, i) => values[i]);

// What Python packed: deflated JSON in base64.
async function unpacked(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt());
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"))).text().then(parsed);
}

// JSON as Python sends it, with a text for nan.
const parsed = (text) => JSON.parse(text, (_, value) => (value === "\0NaN" ? NaN : value));

// A sign of 16 × 16, drawn by a path; buttons with such signs, as data-…="name".
const sign = (path) => `<svg viewBox="0 0 16 16"><path d="${path}"/></svg>`;
const buttons = (kind, names, paths, words) =>
  names.map((name) => `<button data-${kind}="${name}" title="${words[name]}">${sign(paths[name])}</button>`).join("");
