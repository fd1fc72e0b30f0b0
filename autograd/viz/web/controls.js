/*
Controls over a row of frames: first, back, play, next, last, a slider, a speed; keys; theme; spoken text.
It knows the frames as a count and nothing of what they show. No network, no globals, no ids: many may stand on a page.

    const film = controls(box, {
      count: 21,                  // frames 0 … 20
      show: (i, film) => { … },   // show frame i in film.stage and film.side: frame 0 at once, then any it goes to
      label: (i) => "…",          // one sentence on frame i, for the slider's spoken value
      stops: [0, 3, 8, 20],       // where Shift+arrow lands, ascending; each frame if absent
      words: {…},                 // region, first, back, play, pause, next, last, slider, speed, of ("{0} of {1}")
      css: "…",                   // style.css, with the theme's colours and the toolbar, and the content's own
      wait: (i) => false,         // true: playing stops at frame i (a question is open)
    });
    film.root    the shadow root; it holds  .panel > .stage + .toolbar + .side
    film.stage   an empty element above the toolbar, for the picture
    film.side    an empty element below the toolbar, for the words
    film.go(i)   go to frame i; stops playing
    film.frame   the frame that is shown

    A click on anything inside with data-go="7" goes to frame 7.

`box` is the element of the page that holds what is shown without scripts (an image, a table): see host.js.
*/
function controls(box, { count, show, label, stops = [...Array(count).keys()], words, css, wait = () => false }) {
  const paths = {
    first: "M3 3h2v10H3zM13 3v10L6 8z",
    back: "M11 3v10L4 8z",
    play: "M4 2v12l9-6z",
    pause: "M4 3h3v10H4zM9 3h3v10H9z",
    next: "M5 3v10l7-5z",
    last: "M11 3h2v10h-2zM3 3v10l7-5z",
  };

  const root = shadow(box, `<div class="panel" role="group" tabindex="0" aria-label="${words.region}"><div class="stage"></div>
    <div class="toolbar">${buttons("do", ["first", "back", "play", "next", "last"], paths, words)}
    <input type="range" max="${count - 1}" aria-label="${words.slider}"><output></output>
    <label>${words.speed}
    <select><option value="0.5">½×<option value="1" selected>1×<option value="2">2×<option value="4">4×</select></label></div>
    <div class="side"></div><div class="spoken" role="status"></div></div>`, css);
  const [panel, stage, playButton, slider, output, speed, side, status] = [
    ".panel", ".stage", "[data-do=play]", "input", "output", "select", ".side", ".spoken",
  ].map((name) => root.querySelector(name));
  const film = { root, stage, side, go: (i) => (pause(), move(i)) };

  // ── frames ──
  let timer;
  function move(i) {
    const frame = Math.max(0, Math.min(count - 1, i));
    if (frame === film.frame) return;
    slider.value = film.frame = frame;
    show(frame, film);
    slider.ariaValueText = label(frame);
    if (!timer && root.activeElement !== slider) status.textContent = slider.ariaValueText;
    output.textContent = fill(words.of, [frame + 1, count]);
    panel.dataset.end = frame ? (frame === count - 1 ? "last" : "") : "first";
  }
  function face(name) {
    playButton.innerHTML = sign(paths[name]);
    playButton.title = words[name];
  }
  function pause() {
    timer = clearInterval(timer);
    face("play");
  }
  function play() {
    if (film.frame === count - 1) move(0);
    clearInterval(timer);
    timer = setInterval(() => {
      const stands = () => !root.host.isConnected || wait(film.frame) || film.frame === count - 1;
      if (!stands()) move(film.frame + 1);
      if (stands()) pause();
    }, 1200 / speed.value);
    face("pause");
  }
  const actions = {
    first: () => film.go(0),
    back: (far) => film.go(far ? stops.findLast((stop) => stop < film.frame) ?? 0 : film.frame - 1),
    play: () => (timer ? pause() : play()),
    next: (far) => film.go(far ? stops.find((stop) => stop > film.frame) ?? count - 1 : film.frame + 1),
    last: () => film.go(count - 1),
  };

  // ── hands ──
  root.addEventListener("click", ({ target }) => {
    const { do: name, go } = target.closest("[data-do], [data-go]")?.dataset ?? {};
    if (name) actions[name]();
    if (go) film.go(+go), panel.focus();
  });
  slider.addEventListener("input", () => film.go(+slider.value));
  speed.addEventListener("change", () => timer && play());
  root.addEventListener("keydown", (event) => {
    const { key, target } = event, isTyped = target.matches("select, input:not([type=range])");
    const name = { ArrowRight: "next", ArrowLeft: "back", Home: "first", End: "last", " ": "play" }[key];
    if (event.ctrlKey || event.altKey || event.metaKey || (!name && !isTyped)) return;
    event.stopPropagation();
    if (isTyped || (key === " " && target.tagName === "BUTTON")) return;
    event.preventDefault();
    actions[name](event.shiftKey);
  });

  move(0);
  alone(root.host);
  return film;
}
