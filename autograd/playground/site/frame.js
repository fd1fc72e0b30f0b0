/*
A picture or a player that Python made, shown in a frame that can do nothing but run the pictures' own scripts.

    showPart(parent, html, label)    html: what draw(…).html and play(…).html are; label: what a screen reader says

The frame is sandboxed, without the page's origin, and has its Content-Security-Policy: of scripts, it allows those
whose hashes were computed when the site was built, which are the pictures' scripts and the one below.
*/
const FRAME = `new ResizeObserver(([{ target }]) => parent.postMessage({ height: Math.ceil(target.getBoundingClientRect().height) }, "*")).observe(document.body)`;

export function showPart(parent, html, label) {
  const frame = document.createElement("iframe");
  frame.title = label;
  frame.className = "part";
  frame.setAttribute("sandbox", "allow-scripts");
  const { lang } = document.documentElement;
  frame.srcdoc = `<!doctype html><html lang="${lang}"><meta charset="utf-8"><meta name="color-scheme" content="light dark">
<title></title><link rel="stylesheet" href="${new URL("frame.css", import.meta.url)}"><body>${html}<script>${FRAME}</script>`;
  const listen = ({ source, data }) => {
    if (!frame.isConnected) return removeEventListener("message", listen);
    if (source === frame.contentWindow && data.height >= 0) frame.height = Math.min(data.height, 4000);
  };
  addEventListener("message", listen);
  parent.replaceChildren(frame);
  return frame;
}
