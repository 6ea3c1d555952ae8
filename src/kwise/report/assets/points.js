// Rows answer: hover or tap tells what a row is, dragging marks rows in every picture of rows, a
// search finds one, and the map zooms. Pictures stay as they are drawn; all this lies on top.
(async () => {
  const source = document.querySelector("script.points");
  if (!source || !("DecompressionStream" in window)) return;
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const KINDS = { u1: Uint8Array, u2: Uint16Array, i2: Int16Array, u4: Uint32Array, i4: Int32Array, f4: Float32Array, f8: Float64Array };
  const NEAR = { mouse: 14, pen: 18, touch: 28 };
  const unpack = async (text, kind) => {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new KINDS[kind](await new Response(stream).arrayBuffer());
  };
  const told = JSON.parse(new TextDecoder().decode(await unpack(source.textContent, "u1")));
  const shownK = () => (document.querySelector("input[name=k]:checked") || {}).value || String(told.shown);

  // What is known of the rows, unpacked when it is first asked for.
  const rows = { labels: {} };
  const ready = (async () => {
    const columns = told.columns.map(async (each) => {
      const raw = await unpack(each.data, each.kind);
      const missing = each.kind === "i2" ? -32768 : -2147483648;
      const values = each.kind[0] === "f" ? raw
        : Float64Array.from(raw, (v) => (v === missing ? NaN : v / 10 ** each.digits));
      return { name: each.name, values };
    });
    const [x, y] = await Promise.all([unpack(told.plane.x, "u2"), unpack(told.plane.y, "u2")]);
    const place = (raw, axis) => Float64Array.from(raw, (v) => told.plane.low[axis] + (v / 65535) * told.plane.span[axis]);
    rows.plane = [place(x, 0), place(y, 1)];
    rows.columns = await Promise.all(columns);
    rows.categories = await Promise.all(told.categories.map(async (each) => (
      { name: each.name, words: each.words, codes: await unpack(each.data, "u2") })));
    rows.at = told.at ? await unpack(told.at, "u4") : null;
    const numbers = document.querySelector("script.row-numbers");
    rows.numbers = numbers ? await unpack(numbers.textContent, "u4") : null;
    rows.names = told.names ? JSON.parse(new TextDecoder().decode(await unpack(told.names, "u1"))) : null;
    const margins = document.querySelector("script.margins");
    rows.margins = margins ? await unpack(margins.textContent, "u1") : null;
    for (const each of all("script.labels")) rows.labels[each.dataset.for] = await unpack(each.textContent, "u2");
  })();

  const placeOf = (i) => (rows.at ? rows.at[i] : i);
  const numberOf = (i) => (rows.numbers ? rows.numbers[placeOf(i)] : placeOf(i)) + 1;
  const clusterOf = (i) => (rows.labels[shownK()] || rows.labels[told.shown] || [])[placeOf(i)] || 0;
  const colorOf = (i) => (told.colors[shownK()] || told.colors[told.shown] || [])[clusterOf(i) - 1] || "#777";
  const written = (value) => (Number.isNaN(value) ? "–" : String(Number(value.toPrecision(6))).replace("-", "−"));

  const add = (parent, tag, text, name) => {
    const made = document.createElement(tag);
    if (text !== undefined) made.textContent = text;
    if (name) made.className = name;
    parent.append(made);
    return made;
  };
  const describe = (box, i) => {
    box.replaceChildren();
    const scope = add(box, "div");
    scope.dataset.k = shownK();
    const cluster = clusterOf(i);
    if (cluster) add(scope, "span", cluster, `badge c${cluster}`);
    add(scope, "b", ` Row ${numberOf(i).toLocaleString("en")}${rows.names ? ` · ${rows.names[i]}` : ""}`);
    if (rows.margins && shownK() === String(told.shown)) add(scope, "span", ` margin ${rows.margins[placeOf(i)]} %`, "quiet");
    const list = add(box, "dl");
    const say = (name, value) => { const line = add(list, "div"); line.style.display = "contents"; add(line, "dt", name); add(line, "dd", value); };
    rows.columns.forEach((each) => say(each.name, written(each.values[i])));
    rows.categories.forEach((each) => say(each.name, each.codes[i] ? each.words[each.codes[i] - 1] : "–"));
  };

  // A panel is one plane of one figure: where it lies, what it shows, and what part of it is seen.
  const panels = [];
  const marked = new Set();
  let found = -1;
  all("svg[data-planes]").forEach((svg) => {
    const plot = document.createElement("div");
    plot.className = "plot";
    svg.before(plot);
    plot.append(svg);
    const canvas = add(plot, "canvas");
    canvas.setAttribute("aria-hidden", "true");
    JSON.parse(svg.dataset.planes).forEach((each) => panels.push({
      svg, plot, canvas, box: each.box, whole: each.bounds, seen: each.bounds.slice(),
      shows: each.shows, main: svg.dataset.name === "clusters",
    }));
  });
  const main = panels.find((each) => each.main);
  if (!main) return;
  const valuesOf = (panel) => (panel.shows === "plane" ? rows.plane
    : panel.shows.split(",").map((j) => rows.columns[Number(j)].values));
  const scaleOf = (panel) => panel.svg.getBoundingClientRect().width / panel.svg.viewBox.baseVal.width;
  const toScreen = (panel, x, y) => {
    const scale = scaleOf(panel);
    const [left, top, width, height] = panel.box;
    const [x0, x1, y0, y1] = panel.seen;
    return [(left + ((x - x0) / (x1 - x0)) * width) * scale, (top + (1 - (y - y0) / (y1 - y0)) * height) * scale];
  };
  const toValues = (panel, px, py) => {
    const scale = scaleOf(panel);
    const [left, top, width, height] = panel.box;
    const [x0, x1, y0, y1] = panel.seen;
    return [x0 + ((px / scale - left) / width) * (x1 - x0), y0 + (1 - (py / scale - top) / height) * (y1 - y0)];
  };
  const zoomed = (panel) => panel.seen.some((v, i) => v !== panel.whole[i]);

  const ticks = (low, high) => {
    const rough = (high - low) / 5;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= rough);
    const made = [];
    for (let v = Math.ceil(low / step) * step; v <= high + step * 1e-9; v += step) made.push(Number(v.toPrecision(10)));
    return made;
  };
  const drawZoomed = (panel, pen, style) => {
    const scale = scaleOf(panel);
    const [left, top, width, height] = panel.box.map((v) => v * scale);
    pen.font = `${Math.max(10, 10 * scale)}px sans-serif`;
    pen.fillStyle = style.getPropertyValue("--muted");
    pen.strokeStyle = style.getPropertyValue("--line");
    pen.textAlign = "center";
    ticks(panel.seen[0], panel.seen[1]).forEach((v) => {
      const [x] = toScreen(panel, v, panel.seen[2]);
      pen.beginPath(); pen.moveTo(x, top); pen.lineTo(x, top + height); pen.stroke();
      pen.fillText(written(v), x, top + height + 14 * scale);
    });
    pen.textAlign = "right";
    ticks(panel.seen[2], panel.seen[3]).forEach((v) => {
      const [, y] = toScreen(panel, panel.seen[0], v);
      pen.beginPath(); pen.moveTo(left, y); pen.lineTo(left + width, y); pen.stroke();
      pen.fillText(written(v), left - 6 * scale, y + 4);
    });
  };
  const offer = (name, useful) => all(`[data-zoom=${name}]`).forEach((each) => { each.hidden = !useful; });
  const draw = () => panels.forEach((panel) => {
    if (panel.main) {
      offer("reset", zoomed(panel));
      offer("marked", marked.size > 0 || found >= 0);
    }
    const first = panels.find((each) => each.canvas === panel.canvas) === panel;
    const { canvas } = panel;
    const size = panel.svg.getBoundingClientRect();
    if (!size.width) return;
    const ratio = window.devicePixelRatio || 1;
    const pen = canvas.getContext("2d");
    if (first) {
      canvas.width = Math.round(size.width * ratio);
      canvas.height = Math.round(size.height * ratio);
      pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    }
    const style = getComputedStyle(document.documentElement);
    const scale = scaleOf(panel);
    const [left, top, width, height] = panel.box.map((v) => v * scale);
    const near = zoomed(panel);
    panel.plot.classList.toggle("zoomed", near);
    if (near) drawZoomed(panel, pen, style);
    if (marked.size || near) {
      const [xs, ys] = valuesOf(panel);
      pen.save();
      pen.beginPath(); pen.rect(left, top, width, height); pen.clip();
      if (marked.size && !near) {
        pen.globalAlpha = 0.72;
        pen.fillStyle = style.getPropertyValue("--surface");
        pen.fillRect(left, top, width, height);
      }
      const radius = Math.max(1.6, Math.min(5, 60 / Math.sqrt(near ? 200 : Math.max(marked.size, 150)))) * Math.min(scale, 1.4);
      const dot = (i) => {
        const [x, y] = toScreen(panel, xs[i], ys[i]);
        pen.fillStyle = colorOf(i);
        pen.beginPath(); pen.arc(x, y, radius, 0, 7); pen.fill();
      };
      if (near) {
        pen.globalAlpha = marked.size ? 0.2 : 0.8;
        for (let i = 0; i < told.n; i += 1) if (!marked.has(i)) dot(i);
      }
      pen.globalAlpha = 1;
      marked.forEach(dot);
      pen.restore();
    }
    if (found >= 0) {
      const [xs, ys] = valuesOf(panel);
      const [x, y] = toScreen(panel, xs[found], ys[found]);
      pen.strokeStyle = style.getPropertyValue("--ink");
      pen.lineWidth = 2.2;
      pen.beginPath(); pen.arc(x, y, 8, 0, 7); pen.stroke();
    }
  });

  const answer = document.querySelector(".answer-of-rows");
  const tip = add(main.plot, "div", "", "tip");
  tip.hidden = true;
  const sayMarked = () => {
    answer.replaceChildren();
    answer.hidden = marked.size === 0 && found < 0;
    if (marked.size) {
      const counts = new Map();
      marked.forEach((i) => counts.set(clusterOf(i), (counts.get(clusterOf(i)) || 0) + 1));
      const line = add(answer, "div");
      line.dataset.k = shownK();
      add(line, "b", `${marked.size.toLocaleString("en")} rows marked: `);
      [...counts].sort((a, b) => a[0] - b[0]).forEach(([cluster, n]) => {
        add(line, "span", cluster, `badge c${cluster}`);
        add(line, "span", ` ${n.toLocaleString("en")} `);
      });
      const clear = add(line, "button", "Clear", "act");
      clear.type = "button";
      clear.addEventListener("click", () => { marked.clear(); sayMarked(); draw(); });
    }
    if (found >= 0) describe(add(answer, "div"), found);
  };
  const nearest = (panel, px, py, reach) => {
    const [xs, ys] = valuesOf(panel);
    let best = -1;
    let least = reach * reach;
    for (let i = 0; i < told.n; i += 1) {
      const [x, y] = toScreen(panel, xs[i], ys[i]);
      const away = (x - px) ** 2 + (y - py) ** 2;
      if (away <= least) { least = away; best = i; }
    }
    return best;
  };
  const inside = (panel, event) => {
    const size = panel.svg.getBoundingClientRect();
    return [event.clientX - size.left, event.clientY - size.top];
  };
  const panelAt = (plot, event) => {
    const here = panels.filter((each) => each.plot === plot);
    return here.find((each) => {
      const [px, py] = inside(each, event);
      const scale = scaleOf(each);
      const [left, top, width, height] = each.box.map((v) => v * scale);
      return px >= left && px <= left + width && py >= top && py <= top + height;
    });
  };
  const showTip = (panel, i) => {
    tip.hidden = i < 0;
    if (i < 0) return;
    if (tip.parentNode !== panel.plot) panel.plot.append(tip);
    describe(tip, i);
    const [xs, ys] = valuesOf(panel);
    const [x, y] = toScreen(panel, xs[i], ys[i]);
    const room = panel.svg.getBoundingClientRect();
    tip.style.left = `${Math.max(0, Math.min(x + 14, room.width - tip.offsetWidth - 4))}px`;
    tip.style.top = `${y + 16 + tip.offsetHeight > room.height + 60 ? Math.max(0, y - tip.offsetHeight - 12) : y + 16}px`;
    found = i;
    draw();
  };

  // The pointer: over a row it is told, dragged it marks, twice it zooms.
  let drag = null;
  const zoom = (panel, factor, px, py) => {
    const [cx, cy] = toValues(panel, px, py);
    const [x0, x1, y0, y1] = panel.seen;
    const seen = [cx - (cx - x0) / factor, cx + (x1 - cx) / factor, cy - (cy - y0) / factor, cy + (y1 - cy) / factor];
    const out = seen[1] - seen[0] >= panel.whole[1] - panel.whole[0];
    panel.seen = out ? panel.whole.slice() : seen;
    draw();
  };
  const middle = (panel) => {
    const scale = scaleOf(panel);
    return [(panel.box[0] + panel.box[2] / 2) * scale, (panel.box[1] + panel.box[3] / 2) * scale];
  };
  const markIn = (panel, from, to) => {
    const [ax, ay] = toValues(panel, Math.min(from[0], to[0]), Math.max(from[1], to[1]));
    const [bx, by] = toValues(panel, Math.max(from[0], to[0]), Math.min(from[1], to[1]));
    const [xs, ys] = valuesOf(panel);
    marked.clear();
    for (let i = 0; i < told.n; i += 1) if (xs[i] >= ax && xs[i] <= bx && ys[i] >= ay && ys[i] <= by) marked.add(i);
    found = -1;
    tip.hidden = true;
    sayMarked();
    draw();
  };
  const drawBrush = () => {
    draw();
    const pen = drag.panel.canvas.getContext("2d");
    pen.strokeStyle = getComputedStyle(document.documentElement).getPropertyValue("--accent");
    pen.lineWidth = 1.5;
    pen.strokeRect(...drag.from, drag.to[0] - drag.from[0], drag.to[1] - drag.from[1]);
  };
  const listen = (plot) => {
    plot.classList.add("answers");
    plot.addEventListener("pointerdown", (event) => {
      const panel = panelAt(plot, event);
      if (!panel || event.button !== 0) return;
      const at = inside(panel, event);
      drag = { panel, from: at, to: at, moved: false, kind: event.pointerType, pan: event.shiftKey };
    });
    plot.addEventListener("pointermove", (event) => {
      if (drag && drag.panel.plot === plot && drag.kind !== "touch") {
        const to = inside(drag.panel, event);
        drag.moved = drag.moved || Math.hypot(to[0] - drag.from[0], to[1] - drag.from[1]) > 5;
        if (drag.pan && zoomed(drag.panel)) {
          const [ax, ay] = toValues(drag.panel, ...drag.to);
          const [bx, by] = toValues(drag.panel, ...to);
          drag.panel.seen = drag.panel.seen.map((v, i) => v - (i < 2 ? bx - ax : by - ay));
          draw();
        }
        drag.to = to;
        if (drag.moved && !drag.pan) drawBrush();
        return;
      }
      const panel = panelAt(plot, event);
      if (event.pointerType === "touch") return;
      const i = panel ? nearest(panel, ...inside(panel, event), NEAR.mouse) : -1;
      if (i < 0 && !tip.hidden) { found = -1; draw(); }
      if (panel) showTip(panel, i); else tip.hidden = true;
    });
    plot.addEventListener("pointerleave", (event) => {
      if (event.pointerType === "touch") return;
      tip.hidden = true;
      if (answer.hidden || marked.size) found = -1;
      draw();
    });
    plot.addEventListener("dblclick", (event) => {
      const panel = panelAt(plot, event);
      if (panel && panel.main) zoom(panel, 2, ...inside(panel, event));
    });
    plot.addEventListener("wheel", (event) => {
      const panel = panelAt(plot, event);
      if (!panel || !panel.main || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      zoom(panel, event.deltaY < 0 ? 1.25 : 0.8, ...inside(panel, event));
    }, { passive: false });
  };
  addEventListener("pointerup", (event) => {
    if (!drag) return;
    const { panel, from, to, moved, kind, pan } = drag;
    drag = null;
    if (moved && !pan) markIn(panel, from, to);
    else if (!moved && panel.plot.contains(event.target)) showTip(panel, nearest(panel, ...from, NEAR[kind] || NEAR.mouse));
  });

  const find = (text) => {
    const wanted = text.trim().toLowerCase();
    found = -1;
    if (wanted) {
      const number = Number(wanted.replace(/[, ]/g, ""));
      if (rows.names) found = rows.names.findIndex((name) => name.toLowerCase() === wanted);
      for (let i = 0; found < 0 && i < told.n; i += 1) if (numberOf(i) === number) found = i;
      if (found < 0 && rows.names) found = rows.names.findIndex((name) => name.toLowerCase().includes(wanted));
    }
    sayMarked();
    if (found < 0 && wanted) {
      answer.hidden = false;
      add(answer, "div", told.n < told.total
        ? `No row “${text}” among the ${told.n.toLocaleString("en")} rows, drawn at random, that answer.`
        : `No row “${text}”: rows are numbered from 1 as in the table; rows left out of the clustering have no place here.`);
    }
    draw();
  };
  // The rows that the page carries, with their clusters beside them, as they are seen.
  const cell = (value) => (/[",\n\r]/.test(value) ? `"${String(value).replace(/"/g, '""')}"` : String(value));
  const saveRows = () => {
    const withMargins = rows.margins && shownK() === String(told.shown);
    const heads = ["row", ...(rows.names ? ["name"] : []), "cluster", ...(withMargins ? ["margin"] : []),
      ...rows.columns.map((each) => each.name), ...rows.categories.map((each) => each.name)];
    const lines = [heads.map(cell).join(",")];
    for (let i = 0; i < told.n; i += 1) {
      lines.push([numberOf(i), ...(rows.names ? [cell(rows.names[i])] : []), clusterOf(i),
        ...(withMargins ? [(rows.margins[placeOf(i)] / 100).toFixed(2)] : []),
        ...rows.columns.map((each) => (Number.isNaN(each.values[i]) ? "" : Number(each.values[i].toPrecision(7)))),
        ...rows.categories.map((each) => (each.codes[i] ? cell(each.words[each.codes[i] - 1]) : ""))].join(","));
    }
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([lines.join("\n") + "\n"], { type: "text/csv" }));
    link.download = `rows-k${shownK()}.csv`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 5000);
  };
  ready.then(() => {
    all("[data-download=rows]").forEach((each) => {
      each.hidden = told.n !== told.total;
      each.addEventListener("click", saveRows);
    });
    all(".ask").forEach((each) => { each.hidden = false; });
    new Set(panels.map((each) => each.plot)).forEach(listen);
    document.getElementById("find-row").addEventListener("input", (event) => find(event.target.value));
    const act = {
      in: () => zoom(main, 1.6, ...middle(main)),
      out: () => zoom(main, 1 / 1.6, ...middle(main)),
      reset: () => { main.seen = main.whole.slice(); draw(); },
      marked: () => {
        const wanted = marked.size ? [...marked] : found >= 0 ? [found] : [];
        if (!wanted.length) return;
        const [xs, ys] = valuesOf(main);
        const fit = (values, low, high) => {
          const own = wanted.map((i) => values[i]);
          const a = Math.min(...own);
          const b = Math.max(...own);
          const room = Math.max((b - a) * 0.1, (high - low) * 0.02);
          return [a - room, b + room];
        };
        main.seen = [...fit(xs, main.whole[0], main.whole[1]), ...fit(ys, main.whole[2], main.whole[3])];
        draw();
      },
    };
    all("[data-zoom]").forEach((each) => each.addEventListener("click", () => act[each.dataset.zoom]()));
    all("input[name=k],input[name=theme]").forEach((each) => each.addEventListener("change", () => { sayMarked(); draw(); }));
    document.addEventListener("keydown", () => setTimeout(() => { if (marked.size || zoomed(main)) draw(); }));
    new ResizeObserver(draw).observe(main.svg);
    document.documentElement.dataset.rows = "answer";
  });
})();
