"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const shownK = () => (document.querySelector(".switch input:checked") || {}).value;
  const button = (text, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "act";
    made.textContent = text;
    made.addEventListener("click", () => act(made));
    return made;
  };
  const said = (made, text) => {
    const before = made.textContent;
    made.textContent = text;
    setTimeout(() => { made.textContent = before; }, 1500);
  };
  const save = (blob, name) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 5000);
  };

  // Tables sort by a click on a head: numbers by value, words by the alphabet.
  const valueOf = (cell) => {
    const raw = cell.dataset.value ?? cell.textContent.trim();
    const number = Number(raw);
    return raw === "" ? null : Number.isNaN(number) ? raw : number;
  };
  const compare = (a, b) => {
    if (a === null || b === null) return (a === null) - (b === null);
    if (typeof a === "number" && typeof b === "number") return a - b;
    return String(a).localeCompare(String(b));
  };
  const sortBy = (table, head, column) => {
    const descending = head.getAttribute("aria-sort") === "ascending";
    all("th[aria-sort]", table).forEach((each) => each.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", descending ? "descending" : "ascending");
    const body = table.tBodies[0];
    const rows = [...body.rows].map((row, i) => ({ row, i, value: valueOf(row.cells[column]) }));
    rows.sort((a, b) => {
      const order = compare(a.value, b.value);
      const signed = descending && a.value !== null && b.value !== null ? -order : order;
      return signed || a.i - b.i;
    });
    body.append(...rows.map((each) => each.row));
  };
  all("table.sortable").forEach((table) => {
    all("thead th", table).forEach((head, column) => {
      const made = document.createElement("button");
      made.type = "button";
      made.append(...head.childNodes);
      made.title = "Sort by this column";
      made.addEventListener("click", () => sortBy(table, head, column));
      head.append(made);
    });
  });

  // Code is copied by its button; from a file the old way still works where the new is refused.
  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = document.createElement("textarea");
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
  };
  all(".code").forEach((block) => {
    block.append(button("Copy", async (made) => {
      await copy(block.querySelector("code").textContent);
      said(made, "Copied");
    }));
  });

  // A figure is saved as it is seen: this k, these colors.
  const saveFigure = (svg) => {
    const style = getComputedStyle(document.documentElement);
    const copied = svg.cloneNode(true);
    const live = all("[data-k]", svg);
    all("[data-k]", copied).forEach((part, i) => {
      if (getComputedStyle(live[i]).display === "none") part.remove();
    });
    copied.setAttribute("style", `background:${style.getPropertyValue("--surface")};font-family:sans-serif`);
    const text = new XMLSerializer().serializeToString(copied)
      .replace(/var\((--[a-z]+)\)/g, (_, name) => style.getPropertyValue(name).trim());
    save(new Blob([text], { type: "image/svg+xml" }), `${svg.dataset.name}-k${shownK() || ""}.svg`);
  };
  all("figure").forEach((figure) => {
    const svg = figure.querySelector("svg[data-name]");
    if (svg) figure.append(button("Save figure", () => saveFigure(svg)));
  });

  // Labels travel compressed; a row that was left out of the clustering has none.
  const unpack = async (text, Kind) => {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Kind(await new Response(stream).arrayBuffer());
  };
  const rowNumbers = async () => {
    const numbers = document.querySelector("script.row-numbers");
    return numbers ? unpack(numbers.textContent, Uint32Array) : null;
  };
  const saveLines = (lines, name) => save(new Blob([lines.join("\n") + "\n"], { type: "text/csv" }), name);
  const saveAlternative = async () => {
    const groups = await unpack(document.querySelector("script.alternative").textContent, Uint16Array);
    const rows = await rowNumbers();
    const lines = ["row,group"];
    groups.forEach((group, i) => lines.push(`${(rows ? rows[i] : i) + 1},${group || ""}`));
    saveLines(lines, "groups.csv");
  };
  const saveLabels = async () => {
    const held = all("script.labels");
    const source = held.find((each) => each.dataset.for === shownK()) || held[0];
    const labels = await unpack(source.textContent, Uint16Array);
    const rows = await rowNumbers();
    const packed = document.querySelector("script.margins");
    const margins = packed && packed.dataset.for === source.dataset.for
      ? await unpack(packed.textContent, Uint8Array) : null;
    const lines = [margins ? "row,cluster,margin" : "row,cluster"];
    labels.forEach((label, i) => lines.push(
      `${(rows ? rows[i] : i) + 1},${label}${margins ? `,${(margins[i] / 100).toFixed(2)}` : ""}`,
    ));
    saveLines(lines, `labels-k${source.dataset.for}.csv`);
  };
  if (document.querySelector("script.labels") && "DecompressionStream" in window) {
    all(".downloads").forEach((part) => { part.hidden = false; });
    all("[data-download=labels]").forEach((each) => each.addEventListener("click", saveLabels));
    all("[data-download=alternative]").forEach((each) => each.addEventListener("click", saveAlternative));
  }

  // A link to a folded section opens it, and so does printing, for as long as it takes.
  const unfold = (section) => {
    const details = section && section.querySelector(":scope > details");
    if (details) details.open = true;
  };
  all(".toc a").forEach((link) => link.addEventListener("click", () => unfold(document.querySelector(link.hash))));
  if (location.hash.length > 1) unfold(document.getElementById(location.hash.slice(1)));
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = all("details:not([open])");
    opened.forEach((each) => { each.open = true; });
  });
  addEventListener("afterprint", () => opened.forEach((each) => { each.open = false; }));
  const chosen = document.querySelector(".switch input:checked");
  all(".back").forEach((link) => {
    link.hidden = false;
    link.addEventListener("click", () => { chosen.checked = true; });
  });

  // Keys: digits show that many groups, n and p walk through the sections, d turns the colors.
  const sections = all("main section");
  const walk = (step) => {
    const here = sections.findIndex((each) => each.getBoundingClientRect().bottom > 120);
    const next = sections[Math.min(sections.length - 1, Math.max(0, here + step))];
    unfold(next);
    next.scrollIntoView();
    next.tabIndex = -1;
    next.focus({ preventScroll: true });
  };
  const turnColors = () => {
    const now = getComputedStyle(document.documentElement).getPropertyValue("--bg").trim();
    document.getElementById(now === "#111317" ? "theme-light" : "theme-dark").checked = true;
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input[type=text],textarea")) return;
    if (/^[0-9]$/.test(event.key)) {
      const radio = document.getElementById(`k-${event.key === "0" ? 10 : event.key}`);
      if (radio) radio.checked = true;
    } else if (event.key === "n") walk(1);
    else if (event.key === "p") walk(-1);
    else if (event.key === "d") turnColors();
  });
  all(".keys").forEach((each) => { each.hidden = false; });

  // The list of sections shows where the reader is.
  const links = new Map(all(".toc a").map((link) => [link.hash.slice(1), link]));
  const seen = new IntersectionObserver((entries) => {
    entries.filter((entry) => entry.isIntersecting).forEach((entry) => {
      links.forEach((link) => link.removeAttribute("aria-current"));
      links.get(entry.target.id)?.setAttribute("aria-current", "true");
    });
  }, { rootMargin: "-15% 0px -75% 0px" });
  sections.forEach((each) => seen.observe(each));
})();
