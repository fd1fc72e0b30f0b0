/*
A picture that is fitted into its room, enlarged and moved: for a drawing, and for the picture of a player.

    const fit = zoomable(room, { toolbar, words, tallest })
      room      an element that scrolls and holds one <svg>, under one shadow root with its toolbar
      toolbar   gets the buttons − + and fit, with words.zoom_out, zoom_in and fit
      tallest   how many pixels high the picture may be when it is fitted
    fit()       once more, after another picture was put into the room

Where its letters would be too small to be read, it is not fitted at first, but drawn as large as it is, and scrolls.

Ctrl and the wheel (two fingers on a trackpad) enlarge what is under the pointer; + and − do so in the middle, 0 fits;
dragging moves.
*/
function zoomable(room, { toolbar, words, tallest }) {
  const root = room.getRootNode(), STEP = 1.3, SMALLEST = 0.1, LARGEST = 4, FITTED = 2, SCROLLBAR = 20;
  // Its smallest letters have 10 pixels, and 8 at this scale.
  const READABLE = 0.8;
  let scale = 1, fittedWidth, from, isMoved;

  /** Draw it at this scale; what is at x, y of the window stays there. */
  function size(to, x, y) {
    const { style, viewBox } = room.querySelector("svg"), before = bounds(room.querySelector("svg")), was = scale;
    scale = to;
    style.width = `${viewBox.baseVal.width * scale}px`;
    style.height = `${viewBox.baseVal.height * scale}px`;
    const after = bounds(room.querySelector("svg")), ratio = scale / was;
    if (y) room.scrollBy(after.x + (x - before.x) * ratio - x, after.y + (y - before.y) * ratio - y);
    room.classList.toggle("movable", room.scrollWidth > room.clientWidth || room.scrollHeight > room.clientHeight);
  }
  function fit(smallest = READABLE) {
    const { width, height } = room.querySelector("svg").viewBox.baseVal;
    room.style.height = "";
    fittedWidth = room.clientWidth;
    const fitted = Math.min(FITTED, fittedWidth / width, tallest / height);
    size(fitted < smallest ? 1 : fitted);
    room.style.height = `${room.offsetHeight}px`;
  }
  function zoom(factor, x, y) {
    const { left, right, top, bottom } = bounds(room);
    size(Math.min(LARGEST, Math.max(SMALLEST, scale * factor)), x ?? (left + right) / 2, y ?? (top + bottom) / 2);
    fittedWidth = NaN;
  }
  const actions = { zoom_out: () => zoom(1 / STEP), zoom_in: () => zoom(STEP), fit: () => fit(0) };
  const paths = { zoom_out: "M3 7h10v2H3z", zoom_in: "M3 7h4V3h2v4h4v2H9v4H7V9H3z", fit: "M2 2h5v2H4v3H2zM9 2h5v5h-2V4H9zM2 9h2v3h3v2H2zM12 9h2v5H9v-2h3z" };
  toolbar.insertAdjacentHTML("beforeend", `<span class="zoom">${buttons("zoom", Object.keys(paths), paths, words)}</span>`);
  root.addEventListener("click", ({ target }) => actions[target.closest("[data-zoom]")?.dataset.zoom]?.());
  root.addEventListener("keydown", (event) => {
    const name = { "+": "zoom_in", "=": "zoom_in", "-": "zoom_out", 0: "fit" }[event.key];
    if (!name || event.ctrlKey || event.altKey || event.metaKey || event.target.matches("select, input:not([type=range])")) return;
    event.stopPropagation();
    event.preventDefault();
    actions[name]();
  });
  room.onwheel = (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    zoom(2 ** (-event.deltaY / 300), event.clientX, event.clientY);
  };

  // ── dragging, by a mouse or a pen: a finger scrolls by itself. What was dragged was not clicked ──
  room.onpointerdown = ({ clientX, clientY, pointerType }) => {
    isMoved = false;
    from = pointerType !== "touch" && [room.scrollLeft + clientX, room.scrollTop + clientY, clientX, clientY];
  };
  room.onpointermove = ({ clientX, clientY, pointerId, buttons: pressed }) => {
    if (!from || pressed !== 1 || (!isMoved && Math.hypot(clientX - from[2], clientY - from[3]) < 4)) return;
    isMoved = true;
    room.setPointerCapture(pointerId);
    room.scrollTo(from[0] - clientX, from[1] - clientY);
  };
  room.addEventListener("click", (event) => isMoved && event.stopPropagation(), true);

  // A page that gets a scroll bar, because this is now higher, must not be fitted to and fro.
  new ResizeObserver(() => {
    const more = room.clientWidth - fittedWidth;
    if (more < 0 || more > SCROLLBAR) fit();
  }).observe(toolbar);
  fit();
  return () => fit();
}

// Where an element is on the screen.
const bounds = (element) => element.getBoundingClientRect();
