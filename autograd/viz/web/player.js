/*
One backward pass, played: controls.js moves through the frames, this shows one.

    player(box, data, css)    box: holds the <img> with the picture and the <table> with three lines for each frame

    data.frames   [kind, node, after, user, position, added, local]: kind by its first letter (forward, seed, pull, merged,
                  outside, inside, done), node and user by number ("n12" is 12) or, where one is folded, by name. A frame
                  of several contributions has their number in the place of a position; an "outside" one null for user
    data.titles   {number: HTML};  data.uses  {number: count};  data.done  {number: the frame that completes it}
    data.rules    {number: [HTML, {operand: HTML}]}: how it was computed, and its local derivative by each operand where
                  that is more than a number
    data.order    [number, first frame, users, word, names, past]: who passes on, when, after whom; why it may ("now",
                  "root") or should not ("late", "returns", "again"), and what to say of that later ("early", "twice")
    data.flawed   {number: its mark} of those that should not have
    data.stale    {number: text} of what was there before;  data.remarks  {frame: [[word, value, …], …]}
    data.off      {number: the frame from which its gradient is not what arrived};  data.sums  {number: what the products
                  along its paths add up to, where that is not its gradient}
    data.quiz     {frame: [values, [word, number], …]}: what to say of wrong answers, and the values it is said with
    data.inside   {name: base64 of a deflated [HTML, data] for a player of what happens inside of a folded node}
    data.opens    {name: the call that shows what is inside of a folded node} where there is no such player
    data.words    {language: {name: text}}; where there are several, the page's language is taken
*/
function player(box, data, css, outer) {
  const { opens = {}, frames, titles, uses, done, rules, order, flawed, stale, remarks, quiz, off, sums } = data;
  const inside = (self.DecompressionStream && data.inside) || {};
  const language = (document.documentElement.lang || navigator.language).slice(0, 2);
  const words = data.words[language] ?? Object.values(data.words)[0];
  const say = (name, ...values) => fill(words[name], values);
  const minus = (number) => String(number).replace(/-/g, "−");
  const short = (number) => minus(+number.toPrecision(5));
  const put = (element, text) => element && element.textContent !== text && (element.textContent = text);
  const name = (node) => (node >= 0 ? `n${node}` : node);
  const key = ([kind, node, , user, position]) =>
    kind === "m" ? Object.keys(edges).find((edge) => edge.startsWith(`${name(node)}>${name(user)}:`)) : `${name(node)}>${name(user)}:${position}`;
  const lines = [...box.querySelectorAll("tbody tr")].map((row) => [...row.cells].slice(1));
  const slope = (i) => lines[i][0].innerHTML.split(" · ")[1];
  const right = new Set(), boxes = {}, edges = {}, of = {};
  const asks = (i) => quiz[i] && !right.has(i);
  let picture, sentence, code, more, list, answers = 0;

  frames.forEach((frame, i) => {
    frame.at = i;
    (of[frame[1]] ??= []).push(frame);
  });
  /** What is known of a node when frame `last` is over. */
  function known(node, last) {
    const past = of[node].filter((frame) => frame.at <= last), gains = past.filter((frame) => frame[5]);
    const grad = past.findLast((frame) => frame[0] !== "f" && !(frame === frames[last] && asks(last)))?.[2] ?? stale[node];
    return { gains, grad, used: gains.reduce((sum, [kind, , , , many]) => sum + (kind === "p" ? 1 : many), 0) };
  }

  // ── the picture: a badge at each box for how many uses have come, and for what comes now ──
  function draw(film) {
    picture = film.stage;
    picture.tabIndex = 0;
    insert(picture, sourceOf(box.querySelector("img")));
    zoomable(picture, { toolbar: film.root.querySelector(".toolbar"), words, tallest: 430 });
    for (const edge of picture.querySelectorAll(".edge")) edges[edge.dataset.edge] = [edge, edge.getAttribute("class")];
    for (const frame of frames) (edges[key(frame)] ?? [])[2] = frame.at;
    for (const node of picture.querySelectorAll(".node")) {
      const number = node.dataset.node.replace(/^n/, ""),
        [data, grad] = ["data", "grad"].map((row) => node.querySelector(`text.${row}:not(.key)`)),
        largest = [...node.querySelectorAll(".note")].find((note) => note.textContent.startsWith("max")),
        { x, y, width, height } = node.getBBox();
      if (!of[number]) continue;
      node.dataset[number in inside ? "enter" : "go"] = number in inside ? number : done[number] ?? of[number].at(-1).at;
      largest?.classList.add("largest");
      node.insertAdjacentHTML(
        "beforeend",
        `${number in inside || !(number in done) ? "" : `<rect class="hit" data-paths="${number}" x="${x}" y="${y + height - 20}" width="${width}" height="20"/>`}
        <g class="badge" transform="translate(${x + width - 8} ${y})"><rect/><text y="1"/></g>
        <text class="gain" x="${x}" y="${y - 5}"/>`,
      );
      const added = node.querySelectorAll(".badge text, .gain");
      boxes[number] = [node, node.getAttribute("class"), data, data?.textContent, grad, ...added];
    }
  }
  function showPicture(i) {
    const [kind, node, , user, , added] = frames[i], active = edges[key(frames[i])]?.[0];
    for (const number in boxes) {
      const [element, name, data, value, row, badge, gain] = boxes[number],
        { grad, used } = known(number, i),
        isTo = number == node;
      const mark = done[number] <= i ? flawed[number] ?? "✓" : used && uses[number] ? `${used}/${uses[number]}` : "";
      element.setAttribute("class", name + (isTo ? " to" : number == user ? " from" : "") + (mark && " marked") + (done[number] <= i ? " final" : ""));
      put(data, kind === "f" && rules[number] && of[number][0].at > i ? "–" : value);
      put(row, minus(grad ?? "–"));
      put(badge, mark);
      put(gain, isTo && added && !asks(i) ? `+${minus(added)}`.replace("+−", "−") : "");
    }
    picture.classList.remove("traced");
    for (const [edge, name, at] of Object.values(edges))
      edge.setAttribute("class", name + (edge === active ? " active" : at < i ? " carried" : ""));
    reveal([active, boxes[node]?.[0], boxes[user]?.[0]].filter(Boolean).map(bounds), bounds(picture));
  }
  /** Scroll the picture, and nothing around it, to what is active: the arrow with both its ends, or else the arrow. */
  function reveal(parts, view) {
    const off = (start, end, size) => {
      const from = Math.min(...parts.map((part) => part[start])), to = Math.max(...parts.map((part) => part[end]));
      const { [start]: a, [end]: b } = to - from > view[size] ? parts[0] : { [start]: from, [end]: to };
      return (a + b - view[start] - view[end]) / 2;
    };
    if (parts[0]) picture.scrollBy(off("left", "right", "width"), off("top", "bottom", "height"));
  }

  // ── the words ──
  function arrange(film) {
    const items = order.map(([node, first]) => `<li><button data-go="${first}">${titles[node]}</button> <span></span></li>`);
    film.side.innerHTML = `<div class="step"><p class="say"></p>
      <div class="lines" tabindex="0"></div><div class="more" tabindex="0"></div></div>
      <div class="order"><p>${words.order}</p><ol>${items.join("")}</ol></div>`;
    if (outer) film.side.querySelector(".step").insertAdjacentHTML("beforeend", `<button class="leave" data-enter="">${words.leave}</button>`);
    [sentence, code, more, list] = [".say", ".lines", ".more", "ol"].map((name) => film.side.querySelector(name));
    film.root.addEventListener("click", ({ target }) => {
      const { enter: into } = target.closest("[data-enter]")?.dataset ?? {};
      if (target.dataset.paths) showPaths(target.dataset.paths);
      else if (into === "") outer();
      else if (into) enter(into);
    });
    film.root.addEventListener("keydown", (event) => {
      const [kind, node] = frames[film.frame], isInside = kind === "i" && node in inside;
      if (event.target.matches(".panel, .stage") && event.key === "Enter" && isInside) event.preventDefault(), event.stopPropagation(), enter(node);
      if (event.key === "Escape" && outer) event.stopPropagation(), outer();
    });
    more.addEventListener("submit", (event) => answer(event, film.frame));
  }
  function showWords(i) {
    const [kind, node, after, user, position, , local] = frames[i],
      open = asks(i),
      rule = rules[user ?? node],
      isLast = done[node] === i,
      sayings = { s: isLast ? "say_root" : "say_s", p: isLast ? "say_only" : "say_p" };
    sentence.innerHTML = say(sayings[kind] ?? `say_${kind}`, titles[node], titles[user], position ?? uses[node]);
    code.innerHTML = lines[i].slice(0, open ? 1 : 3).map(colored).join("");
    more.innerHTML = [
      kind === "i" && node in inside && `<p><button data-enter="${node}">${words.enter}</button></p>`,
      open &&
        `<form><label>${say("ask", titles[node])} <input inputmode="decimal"></label>
        <button>${words.check}</button><p role="status"></p></form>`,
      kind === "i" && opens[node] && `<p>${say("opens", opens[node])}</p>`,
      kind !== "f" && kind !== "i" && (uses[node] > 1 || stale[node]) && ledger(node, i),
      right.has(i) && `<p class="agrees">${say("right", minus(after), right.size, answers)}</p>`,
      ...(open ? [] : remarks[i] ?? []).map(([word, ...values]) => `<p class="${word}">${say(word, ...values)}</p>`),
      isLast && kind !== "s" && kind !== "i" && `<p><button data-paths="${node}">${words.show_paths}</button></p>`,
      rule && !open && `<code class="rule">${rule[0]}${kind === "p" ? `   ${slope(i)} = ${rule[1][position] ?? short(local)}` : ""}</code>`,
    ].filter(Boolean).join("");
  }
  /** A line, its factors told apart: upstream · local derivative, (upstream · local derivative). */
  function colored(cell) {
    const pair = cell.innerHTML.replace(/(\S+\.grad|(?<=\()[^ )]+) · (∂\S+|[^ )]+(?=\)$))/g, "<b>$1</b> · <i>$2</i>");
    return `<code>${pair}</code>`;
  }
  function ledger(node, i) {
    const { gains, grad = "0", used } = known(node, i), start = stale[node] ? [[words.start, stale[node]]] : [];
    const rows = [
      ...start,
      ...gains.map((frame) => [titles[frame[3]] ?? words.other, frame === frames[i] && asks(i) ? "?" : frame[5]]),
      [i >= off[node] ? "≠" : "=", asks(i) ? "?" : grad],
    ].map(([user, added]) => `<tr><td>${user}<td>${minus(added)}`);
    return `<table><caption>${say("ledger_of", titles[node], used, uses[node])}</caption>${rows.join("")}</table>`;
  }
  function showOrder(i) {
    const turn = order.filter(([, first]) => first <= i).length - 1,
      isOver = !frames.slice(i + 1, order[turn + 1]?.[1]).some(([, , , user]) => user === order[turn]?.[0]),
      passed = order.slice(0, turn + isOver).map(([node]) => node);
    order.forEach(([, , users, why, names, past = "passed"], k) => {
      const item = list.children[k],
        waits = users.filter((user) => !passed.includes(user)).map((user) => titles[user]).join(", ");
      item.className = k < turn ? past : k === turn ? why : waits ? "waits" : k === turn + 1 ? "next" : "ready";
      item.lastChild.innerHTML = say(`why_${names || k < turn ? item.className : why}`, (k > turn && waits) || names);
      if (k === turn || !k) list.scrollTop = item.offsetTop - list.offsetTop - 24;
    });
  }

  // ── the products along every path from a node to the root ──
  function showPaths(node) {
    const on = new Set([name(node)]), arrows = Object.entries(edges).map(([id, [edge]]) => [...id.split(/[>:]/), edge]);
    for (const id of on) for (const [tail, head] of arrows) if (tail === id && head.replace(/^n/, "") in done) on.add(head);
    for (const element of picture.querySelectorAll(".edge, .node")) {
      const [tail, head = tail] = (element.dataset.edge ?? element.dataset.node).split(/[>:]/);
      element.classList.toggle("path", on.has(tail) && on.has(head));
    }
    picture.classList.add("traced");
    const isWhole = [...on].every((id) => of[id.replace(/^n/, "")].every(([kind]) => "fspd".includes(kind)));
    more.innerHTML = isWhole ? products(node) : `<p>${say("ways", titles[node])}</p>`;
  }
  function products(node) {
    const found = [], many = {}, above = (number) => of[number].filter(([kind]) => kind === "p");
    const total = (number) => (many[number] ??= above(number).reduce((sum, pull) => sum + total(pull[3]), 0) || 1);
    const follow = (number, path) => {
      const pulls = above(number);
      if (!pulls.length) found.push(path);
      for (const pull of pulls) if (found.length < 8) follow(pull[3], [pull, ...path]);
    };
    follow(node, []);
    const all = total(node), rest = all - found.length, grad = frames[done[node]][2], sum = sums[node] ?? grad;
    const lines = found.map((path) => {
      const symbols = path.map((pull) => slope(pull.at)).join(" · "),
        locals = path.map((pull) => pull[6]);
      return `<p><code>${symbols} = ${locals.map(short).join(" · ")} = ${short(locals.reduce((a, b) => a * b, 1))}</code></p>`;
    });
    const head = say(all > 1 ? "paths" : "path", titles[node], all, minus(sum)),
      but = sum === grad ? "" : say("unequal", titles[node], minus(grad));
    return `<p>${head}${but}</p>${lines.join("")}${rest ? say("rest", rest) : ""}`;
  }

  // ── what is inside of a folded node: a player of its own, in the place of this one ──
  async function enter(node) {
    const [content, part] = await unpacked(inside[node]), root = picture.getRootNode();
    box.insertAdjacentHTML("beforeend", `<div>${content}</div>`);
    const view = box.lastChild, style = root.adoptedStyleSheets.map(({ text }) => text).join("");
    player(view, { ...part, words: data.words }, style, () => {
      view.remove();
      alone(root.host);
      panel(box).focus();
    });
    alone(view);
    panel(view).focus();
  }
  const panel = (element) => element.querySelector("[data-lm-suppress-shortcuts]").shadowRoot.querySelector(".panel");

  // ── a question ──
  function answer(event, i) {
    event.preventDefault();
    const form = event.target, wrong = judge(i, form[0].value.trim().replace(/−/g, "-").replace(",", "."));
    answers += wrong !== words.no_number;
    if (wrong) return put(form.lastChild, wrong);
    right.add(i);
    show(i);
    more.focus();
  }
  /** What is wrong with an answer; nothing where it is right: nearest to the right number, and within 1 % of it. */
  function judge(i, text) {
    const [top, bottom = 1] = text.split("/"),
      number = text ? top / bottom : NaN,
      [, , after, , , added] = frames[i],
      [values, ...wrong] = quiz[i],
      slack = (Math.abs(added) + Math.abs(after)) / 1e4 + 1e-12;
    const miss = ([, other]) => Math.abs(number - other) / (Math.abs(other) / 100 + slack);
    const near = [["", after], ...wrong].filter((each) => miss(each) <= 1).sort((a, b) => miss(a) - miss(b));
    const [[name] = ["unknown"]] = near;
    return name && text !== after ? say(isNaN(number) ? "no_number" : name, minus(text), ...values) : "";
  }

  const show = (i) => (showPicture(i), showWords(i), showOrder(i));
  controls(box, {
    count: frames.length,
    label: (i) => `${words[frames[i][0]]}: ${lines[i][asks(i) ? 0 : 2].textContent}`,
    stops: Object.values(done).sort((a, b) => a - b),
    show: (i, film) => (picture || (draw(film), arrange(film)), show(i)),
    wait: asks, words, css,
  });
}
