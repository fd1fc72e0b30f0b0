/*
A picture or a player that Python made, in a frame that can do nothing but run the pictures' own scripts.

    await showPart(parent, html, label)    html: what draw(…).html and play(…).html are; label: what a screen reader says

The frame is sandboxed and has the page's Content-Security-Policy, but not its origin. Of scripts in a text, the policy
allows those whose hashes were computed when the site was built: the pictures' (see viz/write/player_page.py) and
frame-script.js. It allows no style="" in a text, which becomes data-style="" here, and a style again in that script.
*/
const HIGHEST = 6000; // pixels: what is higher scrolls inside

export function showPart(parent, html, label) {
  const frame = document.createElement("iframe");
  frame.title = label;
  frame.className = "waiting"; // what was there stays until this one has a height
  frame.allow = "clipboard-write";
  frame.setAttribute("sandbox", "allow-scripts allow-forms"); // the quiz is a form, which is sent nowhere
  const [content, ...scripts] = html.split("<script");
  const body = [content.replaceAll(' style="', ' data-style="'), ...scripts].join("<script");
  frame.srcdoc = `<!doctype html><html lang="${document.documentElement.lang}"><meta charset="utf-8">
<meta name="color-scheme" content="light dark"><title></title><body><script>${FRAME_SCRIPT}</script>${body}`;
  parent.classList.add("parts");
  parent.append(frame);
  return new Promise((resolve) => {
    const show = () => {
      frame.className = "part";
      for (const other of [...parent.children]) if (other !== frame) other.remove(); // a frame that is moved loads again
      resolve();
    };
    const listen = ({ source, data }) => {
      if (source === frame.contentWindow && data.height > 0) {
        frame.style.height = `${Math.min(data.height, HIGHEST)}px`;
        if (frame.className !== "part") show();
      } else if (!frame.isConnected) {
        removeEventListener("message", listen);
        resolve(); // something else was shown instead
      }
    };
    addEventListener("message", listen);
    setTimeout(() => frame.className !== "part" && frame.isConnected && show(), 1000); // none comes from below the window
  });
}
