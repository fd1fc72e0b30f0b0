/*
The player of a training. It takes the picture of the last snapshot out of the image that a page without scripts shows,
puts its parts below each other where they have no room, and changes in them, for each snapshot, the lines, the numbers
and tints of the boxes, what the model gives over the plane or beside its targets, and the marks on the loss and metrics.
d is what training/player.py packs; training/plane.py and outcome.py make the same paths from the same numbers.
*/
function training(box, d, css) {
  const { abs, exp, floor, max, min, sqrt } = Math, { words, nodes, plane, inputs } = d, count = d.frames.length, code = (c) => d.alphabet.indexOf(c);
  const number = (k, odd) => k < 666e3 ? ((k / 9e3 & 1 ? -1 : 1) * (1e3 + k % 9e3)) / 10 ** (33 - floor(k / 18e3)) : odd[k - 666e3];
  const unpack = ([text, odd]) => (text.match(/.../g) ?? []).map((s) => number([...s].reduce((k, c) => k * 88 + code(c), 0), odd));
  const at = (all, i) => all.slice(i * all.length / count, (i + 1) * all.length / count);
  const numbers = d.numbers.map(unpack), [weights, gradients, outputs, curve] = numbers;
  const safe = (s) => `${s}`.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt()};`);
  const cell = (x) => {
    const a = abs(x), decimals = a < 10 ? 3 : a < 100 ? 2 : a < 1e3 ? 1 : 0;
    const text = !a || !isFinite(a) ? `${x}`.replace("inity", "").toLowerCase()
      : a >= 1e-3 && a < 1e5 ? x.toFixed(decimals) : x.toExponential(+(a >= 1e-9 && a < 1e10)).replace(/\.0|\+/g, "");
    return text.replace(/-/g, "−");
  };
  const figure = (x) => `${+x.toPrecision(3)}`.replace(/-/g, "−");
  const sentence = (i) => fill(words.said, d.frames[i]);
  const shade = (k) => 1.5 * (k - 43) * abs(k - 43) / 1849;
  const set = (element, name, value) => element.setAttribute(name, value);
  const move = (element, by) => set(element, "transform", `translate(${by})`);
  const one = (selector) => find(selector)[0];
  const hide = (element, isHidden) => set(element, "visibility", isHidden ? "hidden" : "visible");
  // A neuron's weights, then its bias: in the order of the nodes.
  let first = 0, shown = 0, chosen, kept, film, find, picked;
  nodes.forEach((node, n) => {
    [node.c, node.x, node.y, node.right, node.name] = node;
    node.left = node.x;
    node.width = node.right - node.x;
    node.from = nodes.filter((other) => other[0] === node.c - 1);
    node.first = first;
    node.value = (i) => picked ? computed(i)[n] : inputs[n] ?? at(outputs, i)[n - inputs.length];
    if (node.c) first += node.from.length + 1;
  });

  function drawLines(i) {
    const mine = at(numbers[shown], i), paths = [0, 1].map(() => Array(16).fill("")), groups = find(".edges");
    const most = shown ? max(...mine.map(abs).filter(isFinite)) : d.most;
    for (const node of nodes) node.from.forEach((from, k) => {
      const x = mine[node.first + k], share = abs(x) / most, path = `M${from.right} ${from.y}L${node.x} ${node.y}`;
      const kind = !isFinite(x) ? 15 : !x ? 14 : floor(6 * min(1, shown ? sqrt(share) : share) + 0.5) + (x > 0 ? 0 : 7);
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
      set(g.firstChild, "fill-opacity", (0.45 * min(1, abs(x) / d.columns[node.c].top) || 0).toFixed(2));
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
    if (!plane.side) return set(one(".curve"), "d", `M${at(curve, i).map((y, k) => `${(k * plane.step).toFixed(1)} ${y.toFixed(1)}`).join("L")}`);
    const drawn = [...at(plane.shades, i)].map(code), { classes } = plane;
    const f = drawn.slice(classes && drawn.length / 2).map(shade);
    const fields = classes ? classes.map((_, c) => [f.map((x, k) => drawn[k] === c ? x : -x), 0])
      : [f, f.map((x) => -x)].flatMap((field) => plane.thresholds.map((t) => [field, t]));
    fields.forEach(([field, t], k) => set(find(".shades path")[k], "d", region(field, t)));
    set(one(".zero"), "d", fields.slice(0, plane.borders).map(([field]) => region(field, 0, true)).join(""));
  }

  // What the model gives beside what it should give: a point a sample, or how many samples of each class got which.
  function drawOutcome(i) {
    const { counts, x } = d.outcome;
    if (x) return set(one(".answers"), "d", x.map((a, k) => `M${a} ${height(k, i)}m0-3a3 3 0 1 0 .01 0z`).join(""));
    const mine = at(counts, i), size = sqrt(mine.length);
    find(".cells rect").forEach((cell, k) => {
      const row = k - k % size, sum = mine.slice(row, row + size).reduce((a, b) => a + b);
      set(cell, "fill-opacity", (0.45 * mine[k] / (sum || 1)).toFixed(2));
    });
    find(".count").forEach((text, k) => text.textContent = mine[k]);
  }

  // What a model of tokens looks at and expects, and what it invents.
  function drawHeat(i) {
    const mine = at(d.heat.shares, i);
    find(".heat rect").forEach((cell, k) => {
      const share = code(mine[k]) / 87;
      set(cell, "fill-opacity", share.toFixed(2));
      cell.name ??= cell.textContent;
      cell.firstChild.textContent = `${cell.name}: ${(share * share).toFixed(2)}`;
    });
    find(".made").forEach((text, k) => text.textContent = d.heat.texts[i][k]);
  }

  function height(k, i) {
    const { x, top, below } = d.outcome, [high, low] = below.substr(2 * (i * x.length + k), 2);
    return +(top + (code(high) * 88 + code(low)) / 10).toFixed(1);
  }

  // A sample that was chosen in the plot: what each neuron makes of it follows from the weights.
  const { samples } = d, formulas = {
    linear: (z) => z,
    relu: (z) => max(z, 0),
    leaky_relu: (z) => z < 0 ? z / 100 : z,
    tanh: Math.tanh,
    sigmoid: (z) => 1 / (1 + exp(-z)),
    softplus: (z) => max(z, 0) + Math.log1p(exp(-abs(z))),
    elu: (z) => z < 0 ? Math.expm1(z) : z,
    silu: (z) => z / (1 + exp(-z)),
    softmax: (z, all) => 1 / all.reduce((sum, y) => sum + exp(y - z), 0),
  };
  function computed(i) {
    if (picked[i]) return picked[i];
    const w = at(weights, i), all = [...picked.x];
    samples.formulas.forEach((name, c) => {
      const layer = nodes.filter((node) => node.c === c + 1), before = all.slice(-layer[0].from.length);
      const sums = layer.map((node) => before.reduce((sum, v, k) => sum + v * w[node.first + k], w[node.first + before.length]));
      all.push(...sums.map((z) => formulas[name](z, sums)));
    });
    return picked[i] = all;
  }
  const [sampleX, sampleY] = (samples?.numbers ?? []).map(unpack);
  const inputOf = (k) => sampleX.slice(k * inputs.length, (k + 1) * inputs.length);
  const map = (v, [a, b], [low, high]) => low + (high - low) * (v - a) / (b - a);
  function spot(k, i) {
    const { across, up, x, y } = samples.plot, [a, b] = inputOf(k);
    return d.outcome ? [d.outcome.x[k], height(k, i)] : [map(a, across, x), map(b ?? sampleY[k], up, y)];
  }
  function pick(k) {
    film.k = k;
    picked = k === samples.own ? null : { x: inputOf(k) };
    draw(film.frame);
  }
  function drawSample(i) {
    const k = film.k ??= samples.own, pad = one(".pick"), ring = one(".ring"), aim = one(".aim");
    if (k < 0) return;
    const name = fill(words.sample, [samples.index?.[k] ?? k]), y = sampleY[k], target = isFinite(y) ? fill(words.target, [figure(y)]) : "";
    const node = nodes.filter(({ c }) => c === samples.formulas.length)[y];
    one(".sample").textContent = name;
    one(".target").textContent = target;
    hide(ring);
    spot(k, i).forEach((v, j) => set(ring, ["cx", "cy"][j], v));
    if (aim) hide(aim, !node), move(aim, [0, node?.y ?? 0]);
    pad.ariaValueNow = k;
    pad.ariaValueText = [name, ...nodes.slice(0, inputs.length).map((node) => `${node.name} ${cell(node.value(i))}`), target].join(" ");
  }
  function listen() {
    const pad = one(".pick"), count = sampleY.length;
    Object.assign(pad, { role: "spinbutton", tabIndex: 0, ariaLabel: words.choose });
    pad.onclick = (event) => {
      const { x, y } = new DOMPoint(event.x, event.y).matrixTransform(pad.getScreenCTM().inverse());
      const far = sampleY.map((_, k) => spot(k, film.frame)).map(([a, b]) => Math.hypot(a - x, b - y));
      pick(far.indexOf(min(...far)));
    };
    pad.onkeydown = (event) => onKey(event, { ArrowUp: 1, ArrowDown: count - 1 }, (step) => pick((film.k + step + count) % count));
  }
  function onKey(event, keys, act) {
    if (!(event.key in keys)) return;
    event.preventDefault();
    event.stopPropagation();
    act(keys[event.key]);
  }

  // What a neuron of the first layer looks for: its weights in the place of the picture that the inputs are.
  let still;
  function drawPixels(i) {
    const group = one(".pixels"), { side, shades } = d.pixels, size = side * side, place = (nodes.indexOf(chosen) - inputs.length) * size;
    const mine = chosen?.c === 1 ? [...at(shades, i)].slice(place, place + size) : [];
    still ??= [group.innerHTML, group.previousSibling.textContent];
    group.innerHTML = mine.map((c, k) => {
      const x = shade(code(c));
      return `<path class="${x < 0 ? "m" : "p"}" d="M${k % side} ${floor(k / side)}h1v1h-1z" fill-opacity="${abs(x).toFixed(2)}"/>`;
    }).join("") || still[0];
    group.previousSibling.textContent = mine.length ? `${words.weights}: ${chosen.name}` : still[1];
  }

  const row = (head, cells, kind = "", tag = "td") =>
    `<tr class="${kind}">${head ? `<th scope="row">${safe(head)}</th>` : "<td></td>"}${cells.map((c) => `<${tag}>${safe(c)}</${tag}>`).join("")}</tr>`;
  const table = (said, ...rows) => `<p>${safe(said)}</p><div class="table"><table class="${chosen?.from.length > 10 ? "many" : ""}">${rows.join("")}</table></div>`;
  function tell(i) {
    if (!chosen?.c) return film.side.innerHTML = table(sentence(i), row("", d.parts, "", "th"), row(words.largest, d.largest[i], "grad")) + `<p class="hint">${nodes.length ? words.hint : ""} ${samples ? words.chosen : ""}</p><p class="hint">${words.losses}</p>`;
    const { c, first, from, name, value } = chosen, [w, g] = numbers.map((all) => at(all, i).slice(first, first + from.length + 1));
    const x = from.map((node) => node.value(i)), bias = w.at(-1), { gap } = d.columns[c - 1];
    const line = (...of) => row(of[0], gap ? [...of[1].slice(0, gap), "…", ...of[1].slice(gap)] : of[1], of[2], of[3]);
    const signed = (v, k) => k ? ` ${cell(v).replace(/^−?/, (sign) => `${sign || "+"} `)}` : cell(v);
    const sum = x.length < 4 ? x.map((v, k) => `${signed(w[k], k)}·${v < 0 ? `(${cell(v)})` : cell(v)}`).join("") + signed(bias, 1) : "w·x + b";
    // The numbers have four digits, of their sum three are certain; of many activations it is the activation itself.
    const out = value(i), total = x.reduce((all, v, k) => all + v * w[k], bias);
    const z = out && d.columns[c].keeps[+(out < 0)] ? cell(out) : isFinite(total) ? figure(total) : cell(total);
    film.side.innerHTML = table(`${name}:  ${gap ? sum : `${sum} = ${z}`},  ${d.columns[c].word} → ${cell(out)}`, line("", [...from.map((node) => node.name.replace(/.*neurons/, "")), "b"], "", "th"),
      line(words.input, [...x.map(cell), ""]), line(words.weight, w.map(cell), "data"), line(words.gradient, g.map(cell), "grad"));
  }

  function draw(i) {
    if (nodes.length) drawLines(i);
    drawBoxes(i);
    if (d.pixels) drawPixels(i);
    if (samples) drawSample(i);
    tell(i);
  }
  function choose(node) {
    chosen = node;
    draw(film.frame);
  }
  function build() {
    const source = sourceOf(box.querySelector("img"));
    const kinds = [words.weights, words.gradients].map((kind, k) => `<button type="button" aria-pressed="${!k}">${kind}</button>`);
    insert(film.stage, `<div class="show">${words.lines} ${kinds.join("")}</div><div class="scroll"><div class="training" role="group"><div></div><div></div></div>${source}</div>`);
    const [picture, whole] = film.stage.lastChild.children, buttons = film.stage.querySelectorAll("button");
    picture.ariaLabel = whole.firstChild.textContent;
    whole.querySelectorAll(".part").forEach((part, k) => picture.children[+(k > 1)].append(part));
    whole.remove();
    find = (selector) => picture.querySelectorAll(selector);
    new ResizeObserver(fit).observe(film.stage);
    if (samples) listen();
    if (!nodes.length) return buttons[0].parentNode.remove();
    one(".edges").after(one(".edges").cloneNode(true));
    buttons.forEach((button, k) => button.onclick = () => {
      shown = k;
      buttons.forEach((other) => other.ariaPressed = other === button);
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
      g.onkeydown = (event) => onKey(event, { ArrowDown: n + 1, ArrowUp: n - 1, Enter: n }, (to) => to === n ? g.onclick() : all[to]?.focus());
    });
  }
  // The network is as wide as its room, beside the plots or above them, down to where its columns would touch.
  function fit() {
    const [width, least, edge, plots, height] = d.network, part = one(".part"), room = film.stage.clientWidth, beside = room - plots;
    const wide = max(least, min(width, beside < least ? room : beside)), less = wide - width, last = nodes.at(-1)?.left - edge;
    const cut = (text, space) => {
      let line = text.textContent = text.whole ??= text.textContent;
      while (line && text.getComputedTextLength() > space) text.textContent = `${line = line.slice(0, -1)}…`;
    };
    set(part, "viewBox", [0, 0, wide, height]);
    set(part, "width", wide);
    for (const node of nodes) node.right = (node.x = node.left + less * (node.left - edge) / last) + node.width;
    find(".column").forEach((column, c) => {
      const { x, left } = nodes.find((node) => node.c === c);
      move(column, x - left);
      for (const text of column.querySelectorAll(".title, .word")) cut(text, (last + less) / (d.columns.length - 1) - 8);
    });
    if (nodes.length) return drawLines(film.frame);
    if (!d.heat) for (const text of part.querySelectorAll("text")) text.matches(".r") ? move(text, less) : cut(text, wide - (text.matches(".row *") ? 200 : 2 * edge));
  }
  function show(i, made) {
    if (!film) film = made, build();
    draw(i);
    if (plane) drawPlane(i);
    if (d.outcome) drawOutcome(i);
    if (d.heat) drawHeat(i);
    find(".now").forEach((now, k) => {
      const mark = d.marks[k][i];
      hide(now, !mark);
      if (mark) move(now, mark[0]), set(now.lastChild, "cy", mark[1]);
    });
    find(".at").forEach((text, k) => text.textContent = k ? d.metrics[k - 1][i] : `${words.epoch} ${d.frames[i][0]}: ${d.frames[i][1]}`);
  }
  controls(box, { count, show, label: sentence, words, css }).root.querySelector("select").value = "4";
}
