/*
A drawing to read and to open: each part says its exact numbers, a folded box opens by a click or by Enter.

    drawing(box, data, css)    box: holds the <img> with the picture

    data.views   {name: packed}: the picture when the box is open that draw(…, open=name) opens; "" is the one in the
                 <img>. Packed is JSON, compressed by "deflate-raw" and written in base64:
                     svg     the picture; not of ""
                     nodes   {name: [title, [[row, text], …], opens]}: what stands behind a box, and which name opens it
                     groups  {name: opens}: the boxes that are open
    data.call    the call that draws it, with {0} for what opens a box that is in no view
    data.words   {language: {name: text}}; where there are several, the page's language is taken
*/
function drawing(box, data, css) {
  const language = (document.documentElement.lang || navigator.language).slice(0, 2);
  const words = data.words[language] ?? Object.values(data.words)[0];
  const root = shadow(
    box,
    `<div class="panel" role="group" aria-label="${words.region}"><div class="stage"></div><div class="toolbar"><span class="hint">
    ${Object.keys(data.views)[1] ? words.hint_open : ""} ${words.hint}</span>${buttons("do", ["back", "copy"], { back: "M7 3v3c5 0 7 2 7 7-2-3-4-3-7-3v3L2 8z", copy: "M3 1h7v2H5v7H3zM7 5h7v10H7z" }, words)}</div>
    <div class="spoken" role="status"></div></div><div class="tip" role="tooltip" id="tip" popover="manual"></div>`,
    css,
  );
  const [room, tip, toolbar, status, backward, copier] = [
    ".stage", ".tip", ".toolbar", ".spoken", "[data-do=back]", "[data-do=copy]",
  ].map((name) => root.querySelector(name));
  const seen = {}, parts = new Map();
  let trail, current, fit, timer;
  copier.disabled = true;

  // ── a picture and its parts ──
  /** Show the last view of a trail, each of which was opened in the one before; go to the part that this name opens. */
  async function show(to, name) {
    // A browser that cannot unpack it shows the picture alone.
    const last = to.at(-1);
    const view = (seen[last] ??= await unpacked(data.views[last]).catch(() => ({ nodes: {}, groups: {} })));
    trail = to;
    backward.hidden = !trail[1];
    hide();
    insert(room, view.svg ?? sourceOf(box.querySelector("img")));
    const picture = room.firstChild, title = picture.querySelector("title");
    picture.setAttribute("role", "group");
    picture.ariaLabel = title.textContent;
    title.remove();
    parts.clear();
    room.querySelectorAll("[data-node], [data-group]").forEach((part) => describe(part, view));
    fit ? fit() : (fit = zoomable(room, { toolbar, words, tallest: Math.max(320, 0.8 * innerHeight) }));
    const all = [...parts.keys()], target = all.find((part) => name && parts.get(part).opens === name);
    current = target ?? all.at(-1);
    if (current) current.tabIndex = 0;
    if (name) current?.focus();
  }
  function describe(part, { nodes, groups }) {
    const { node, group } = part.dataset, [title, rows, opens] = nodes[node] ?? [groups[group], [], groups[group]];
    const before = trail.findLast((name) => group && !Object.values(seen[name].groups).includes(opens));
    const does = !opens ? "" : group ? (before === undefined ? "" : "fold") : opens in data.views ? "open" : "say";
    if (group ? !does : !title) return;
    const lines = rows.map(([row, text]) => `<i>${words[row]}</i> ${escaped(text)}`);
    if (does) lines.push(does === "say" ? `<i>${words.say}</i> <code>${escaped(fill(data.call, [opens]))}</code>` : words[does]);
    parts.set(part, { opens, does, before, html: [`<b>${escaped(title)}</b>`, ...lines].map((line) => `<div>${line}</div>`).join("") });
    part.tabIndex = -1;
    part.setAttribute("role", does ? "button" : "img");
    part.ariaLabel = [title, ...rows.slice(0, 3).map((row) => row[1])].join(", ");
    part.setAttribute("aria-describedby", "tip");
    const corner = does && does !== "say" && part.querySelector(group ? "text" : "rect");
    if (!corner) return;
    part.ariaExpanded = !!group;
    // A node may not be laid out yet: then only its attributes have numbers.
    const { x, y, width } = group ? corner.getBBox() : corner.attributes;
    const place = group ? [x + width + 12, y + 7] : [x.value - -width.value, y.value], bar = group ? "" : "M0-3v6";
    part.insertAdjacentHTML("beforeend", `<g class="sign" transform="translate(${place})"><circle r="5.5"/><path d="M-3 0h6${bar}"/></g>`);
  }
  function act() {
    const { does, opens, before } = parts.get(current);
    if (does === "open") show([...trail, opens], opens);
    if (does === "fold") show(trail.slice(0, trail.indexOf(before) + 1), opens);
    if (does === "say") explain(current), (status.textContent = tip.innerText);
  }
  const back = () => trail[1] && show(trail.slice(0, -1), trail.at(-1));
  function beside(dx, dy) {
    const middle = (part) => {
      const { x, y, width, height } = bounds(part.querySelector(part.dataset.group ? "text" : "*") ?? part);
      return [x + width / 2, y + height / 2];
    };
    const start = middle(current), far = (part) => {
      const [x, y] = middle(part).map((at, axis) => at - start[axis]), along = x * dx + y * dy, across = Math.abs(x * dy - y * dx);
      return 2 * along > across ? along + 2 * across : part === current ? 1e9 : Infinity;
    };
    return [...parts.keys()].reduce((a, b) => (far(b) < far(a) ? b : a));
  }

  // ── what is said of a part, as long as the pointer or the keyboard is there ──
  const escaped = (text) => text.replace(/[&<]/g, (letter) => `&#${letter.charCodeAt()};`);
  function explain(part) {
    tip.innerHTML = parts.get(part).html;
    toggle(true);
    const { left, top, bottom } = bounds(part), { offsetWidth: width, offsetHeight: height } = tip;
    tip.style.left = `${Math.max(4, Math.min(left, innerWidth - width - 4))}px`;
    tip.style.top = `${bottom + height + 6 < innerHeight ? bottom + 6 : Math.max(4, top - height - 6)}px`;
  }
  const toggle = (isOpen) => (clearTimeout(timer), tip.togglePopover?.(isOpen)), hide = () => toggle(false);
  const hideSoon = () => (timer = setTimeout(hide, 200));
  async function copy() {
    explain(current);
    await navigator.clipboard.writeText((tip.querySelector("code") ?? tip).innerText);
    status.textContent = words.copied;
  }

  // ── hands ──
  const partOf = ({ target }) => [...parts.keys()].find((part) => part === target.closest("[data-node], [data-group]"));
  room.onpointerover = (event) => (partOf(event) ? explain(partOf(event)) : hideSoon());
  room.onpointerleave = tip.onpointerleave = hideSoon;
  tip.onpointerenter = () => clearTimeout(timer);
  room.onscroll = hide;
  room.addEventListener("focusin", (event) => {
    // Tab comes back to this part, and the arrows go on from it.
    current.tabIndex = -1;
    current = partOf(event);
    current.tabIndex = 0;
    copier.disabled = false;
    if (current.matches(":focus-visible")) explain(current);
  });
  room.addEventListener("focusout", hideSoon);
  room.onclick = (event) => partOf(event) && (partOf(event).focus(), act());
  copier.onclick = copy;
  backward.onclick = back;
  room.onkeydown = (event) => {
    const { key } = event, arrow = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
    const action =
      event.ctrlKey || event.metaKey ? key === "c" && !String(getSelection()) && copy
      : arrow ? () => beside(...arrow).focus()
      : { Enter: act, " ": act, Escape: hide, Backspace: back }[key];
    if (!action || event.altKey) return;
    event.stopPropagation();
    event.preventDefault();
    action();
  };
  show([""]).then(() => alone(root.host));
}
