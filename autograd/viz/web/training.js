/*
The player of a training. It takes the picture of the last snapshot out of the image that a page without scripts shows,
and changes in it, for each snapshot, the lines, the numbers and tints of the boxes, what the model gives over the plane,
and the mark on the loss. d is what training/player.py packs; training/plane.py makes the same paths from the same numbers.
*/
function training(box, d, css) {
  const { words, nodes, plane, inputs } = d, count = d.frames.length, code = (c) => d.alphabet.indexOf(c);
  const number = (k, odd) => k < 666e3 ? ((k / 9e3 & 1 ? -1 : 1) * (1e3 + k % 9e3)) / 10 ** (33 - Math.floor(k / 18e3)) : odd[k - 666e3];
  const unpack = ([text, odd]) => (text.match(/.../g) ?? []).map((s) => number([...s].reduce((k, c) => k * 88 + code(c), 0), odd));
  const at = (all, i) => all.slice(i * all.length / count, (i + 1) * all.length / count);
  const numbers = d.numbers.map(unpack), [weights, gradients, outputs, curve] = numbers;
  const safe = (s) => `${s}`.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt()};`);
  const cell = (x) => {
    const a = Math.abs(x), decimals = a < 10 ? 3 : a < 100 ? 2 : a < 1e3 ? 1 : 0;
    const text = !a || !isFinite(a) ? `${x}`.replace("inity", "").toLowerCase()
      : a >= 1e-3 && a < 1e5 ? x.toFixed(decimals) : x.toExponential(+(a >= 1e-9 && a < 1e10)).replace(/\.0|\+/g, "");
    return text.replace(/-/g, "−");
  };
  const sentence = (i) => fill(words.said, d.frames[i]);
  const shade = (k) => 1.5 * (k - 43) * Math.abs(k - 43) / 1849;
  const set = (element, name, value) => element.setAttribute(name, value);
  // A neuron's weights, then its bias: in the order of the nodes.
  let first = 0, shown = 0, chosen, kept, film, find;
  nodes.forEach((node, n) => {
    [node.c, node.x, node.y, node.right, node.name] = node;
    node.from = nodes.filter((other) => other[0] === node.c - 1);
    node.first = first;
    node.value = (i) => inputs[n] ?? at(outputs, i)[n - inputs.length];
    if (node.c) first += node.from.length + 1;
  });

  function drawLines(i) {
    const mine = at(numbers[shown], i), paths = [0, 1].map(() => Array(16).fill("")), groups = find(".edges");
    const most = shown ? Math.max(...mine.map(Math.abs)) : d.most;
    for (const node of nodes) node.from.forEach((from, k) => {
      const x = mine[node.first + k], share = Math.abs(x) / most, path = `M${from.right} ${from.y}L${node.x} ${node.y}`;
      const kind = Math.min(7, Math.floor(8 * (shown ? Math.sqrt(share) : share)) || 0) + (x >= 0 ? 0 : 8);
      paths[0][kind] += path;
      if (chosen === node || chosen === from) paths[1][kind] += path;
    });
    paths.forEach((group, g) => group.forEach((path, k) => set(groups[g].children[k], "d", path)));
    groups[0].classList.toggle("pale", !!chosen);
  }
  function drawBoxes(i) {
    find(".node").forEach((g, n) => {
      const node = nodes[n], x = node.value(i);
      g.classList.toggle("m", x < 0);
      g.classList.toggle("chosen", node === chosen);
      set(g.firstChild, "fill-opacity", (0.45 * Math.min(1, Math.abs(x) / d.columns[node.c].top) || 0).toFixed(2));
      g.lastChild.textContent = cell(x);
      const seen = g.textContent.trim();
      g.ariaLabel = seen.startsWith(node.name) ? seen : `${node.name}: ${seen}`;
      g.ariaPressed = node === kept;
    });
    find(".row").forEach((g, k) => [weights, gradients].forEach((all, j) => { g.children[j + 1].textContent = cell(at(all, i)[k]); }));
  }

  function region(f, t, isLine) {
    const n = plane.side - 1, above = ([x, y]) => f[y * (n + 1) + x] - t;
    let path = "";
    for (let j = 0; j < n; j++) for (let i = 0, start = 0; i <= n; i++) {
      const around = [[i, j], [i + 1, j], [i + 1, j + 1], [i, j + 1]], points = [], border = [];
      const inside = i < n ? around.filter((p) => above(p) > 0).length : 0;
      if (inside === 4) continue;
      if (i > start && !isLine) path += `M${start} ${n - j}h${i - start}v-1h${start - i}z`;
      start = i + 1;
      if (inside) around.forEach((p, k) => {
        const q = around[(k + 1) % 4], a = above(p), b = above(q), s = a / (a - b);
        if (a > 0) points.push(`${p[0]} ${n - p[1]}`);
        if (a > 0 === b > 0) return;
        border.push(`${+(p[0] + s * (q[0] - p[0])).toFixed(2)} ${+(n - p[1] - s * (q[1] - p[1])).toFixed(2)}`);
        points.push(border.at(-1));
      });
      if (inside) path += isLine ? border.map((p, k) => "ML"[k % 2] + p).join("") : `M${points.join("L")}z`;
    }
    return path;
  }
  function drawPlane(i) {
    if (!plane.side) return set(find(".curve")[0], "d", `M${at(curve, i).map((y, k) => `${(k * plane.step).toFixed(1)} ${y.toFixed(1)}`).join("L")}`);
    const drawn = [...at(plane.shades, i)].map(code), { classes } = plane;
    const f = drawn.slice(classes && drawn.length / 2).map(shade);
    const fields = classes ? classes.map((_, c) => [f.map((x, k) => drawn[k] === c ? x : -x), 0])
      : [f, f.map((x) => -x)].flatMap((field) => plane.thresholds.map((t) => [field, t]));
    fields.forEach(([field, t], k) => set(find(".shades path")[k], "d", region(field, t)));
    set(find(".zero")[0], "d", fields.slice(0, plane.borders).map(([field]) => region(field, 0, true)).join(""));
  }

  // What a neuron of the first layer looks for: its weights in the place of the picture that the inputs are.
  let still;
  function drawPixels(i) {
    const [group] = find(".pixels"), { side, shades } = d.pixels, size = side * side, place = (nodes.indexOf(chosen) - inputs.length) * size;
    const mine = chosen?.c === 1 ? [...at(shades, i)].slice(place, place + size) : [];
    still ??= [group.innerHTML, group.previousSibling.textContent];
    group.innerHTML = mine.map((c, k) => {
      const x = shade(code(c));
      return `<path class="${x < 0 ? "m" : "p"}" d="M${k % side} ${Math.floor(k / side)}h1v1h-1z" fill-opacity="${Math.abs(x).toFixed(2)}"/>`;
    }).join("") || still[0];
    group.previousSibling.textContent = mine.length ? `${words.weights}: ${chosen.name}` : still[1];
  }

  const row = (head, cells, kind = "", tag = "td") =>
    `<tr class="${kind}">${head ? `<th scope="row">${safe(head)}</th>` : "<td></td>"}${cells.map((c) => `<${tag}>${safe(c)}</${tag}>`).join("")}</tr>`;
  const table = (said, ...rows) => `<p>${safe(said)}</p><div class="table"><table class="${chosen?.from.length > 10 ? "many" : ""}">${rows.join("")}</table></div>`;
  function tell(i) {
    if (!chosen?.c) return film.side.innerHTML = table(sentence(i), row("", d.parts, "", "th"), row(words.largest, d.largest[i], "grad")) + `<p class="hint">${nodes.length ? words.hint : ""}</p><p class="hint">${words.losses}</p>`;
    const { c, first, from, name, value } = chosen, [w, g] = numbers.map((all) => at(all, i).slice(first, first + from.length + 1));
    const x = from.map((node) => node.value(i)), bias = w.at(-1), { gap } = d.columns[c - 1];
    const line = (...of) => row(of[0], gap ? [...of[1].slice(0, gap), "…", ...of[1].slice(gap)] : of[1], of[2], of[3]);
    const signed = (v, k) => k ? ` ${cell(v).replace(/^−?/, (sign) => `${sign || "+"} `)}` : cell(v);
    const sum = x.length < 4 ? x.map((v, k) => `${signed(w[k], k)}·${v < 0 ? `(${cell(v)})` : cell(v)}`).join("") + signed(bias, 1) : "w·x + b";
    // The numbers have four digits, of their sum three are certain; of many activations it is the activation itself.
    const out = value(i), total = x.reduce((all, v, k) => all + v * w[k], bias);
    const z = out && d.columns[c].keeps[+(out < 0)] ? cell(out) : isFinite(total) ? `${+total.toPrecision(3)}`.replace(/-/g, "−") : cell(total);
    film.side.innerHTML = table(`${name}:  ${gap ? sum : `${sum} = ${z}`},  ${d.columns[c].word} → ${cell(out)}`, line("", [...from.map((node) => node.name.replace(/.*neurons/, "")), "b"], "", "th"),
      line(words.input, [...x.map(cell), ""]), line(words.weight, w.map(cell), "data"), line(words.gradient, g.map(cell), "grad"));
  }

  function draw(i) {
    if (nodes.length) drawLines(i);
    drawBoxes(i);
    if (d.pixels) drawPixels(i);
    tell(i);
  }
  function choose(node) {
    chosen = node;
    draw(film.frame);
  }
  function build() {
    const source = decodeURIComponent(box.querySelector("img").getAttribute("src").replace(/.*?,/, ""));
    const kinds = [words.weights, words.gradients].map((kind, k) => `<button type="button" aria-pressed="${!k}">${kind}</button>`);
    film.stage.innerHTML = `<div class="show">${words.lines} ${kinds.join("")}</div><div class="scroll">${source}</div>`;
    const picture = film.stage.querySelector("svg"), buttons = film.stage.querySelectorAll("button"), title = picture.firstChild;
    find = (selector) => picture.querySelectorAll(selector);
    picture.role = "group";
    picture.ariaLabel = title.textContent;
    title.remove();
    if (!nodes.length) return buttons[0].parentNode.remove();
    find(".edges")[0].after(find(".edges")[0].cloneNode(true));
    buttons.forEach((button, k) => button.onclick = () => {
      shown = k;
      buttons.forEach((other) => other.ariaPressed = other === button);
      picture.classList.toggle("grads", k);
      draw(film.frame);
    });
    find(".node").forEach((g, n, all) => {
      g.role = "button";
      g.tabIndex = n ? -1 : 0;
      g.onmouseleave = g.onblur = () => choose(kept);
      g.onmouseenter = g.onfocus = () => {
        all.forEach((other) => other.tabIndex = other === g ? 0 : -1);
        choose(nodes[n]);
      };
      g.onclick = () => {
        kept = kept === nodes[n] ? null : nodes[n];
        choose(nodes[n]);
      };
      g.onkeydown = (event) => {
        const to = { ArrowDown: n + 1, ArrowUp: n - 1, Enter: n }[event.key];
        if (to === undefined) return;
        event.preventDefault();
        event.stopPropagation();
        to === n ? g.onclick() : all[to]?.focus();
      };
    });
  }
  function show(i, made) {
    if (!film) film = made, build();
    draw(i);
    if (plane) drawPlane(i);
    const [now] = find(".now"), [x, y] = d.marks[i];
    set(now, "transform", `translate(${x})`);
    set(now.lastChild, "cy", y);
    find(".at")[0].textContent = `${words.epoch} ${d.frames[i][0]}: ${d.frames[i][1]}`;
  }
  controls(box, { count, show, label: sentence, words, css }).root.querySelector("select").value = "4";
}
