// Runs in each frame of frame.js: its ground, the styles that may not stand in its text, its height for the page outside.
const sheet = new CSSStyleSheet();
sheet.replaceSync(`
  :root { color-scheme: light dark; overflow-y: hidden; }
  body { margin: 0; }
  @media screen and (prefers-color-scheme: dark) { :root { background: #1b1b1b; } }
`);
document.adoptedStyleSheets = [sheet];
addEventListener("DOMContentLoaded", () => {
  for (const { style, dataset } of document.querySelectorAll("[data-style]")) style.cssText = dataset.style;
});
new ResizeObserver(() => parent.postMessage({ height: document.body.offsetHeight }, "*")).observe(document.body);
