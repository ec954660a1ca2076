// Two or three units beside each other, as the address says: compare.html?a=one&b=other&c=third. Without this file the tables
// of the page stand as they are. Loaded by site.js, whose functions it uses.
"use strict";

// What cells say and are: the columns of the units chosen, and how far apart they are, row by row.
function compared(held, units) {
  return held.max.map((usual, at) => {
    const cells = units.map((unit) => {
      const value = held.units[unit][at], own = (held.own[unit] || {})[at], most = own === undefined ? usual : own;
      return { value, most, usual, share: typeof value === "number" && most ? value / most : null };
    });
    const alike = cells.every((cell) => cell.most === cells[0].most);
    if (units.length < 2 || cells.some((cell) => typeof cell.value !== "number" || !alike && cell.share === null)) {
      return { cells, apart: null };
    }
    const sizes = cells.map((cell) => alike ? cell.value : 100 * cell.share);
    const apart = units.length === 2 ? sizes[0] - sizes[1] : Math.max(...sizes) - Math.min(...sizes);
    return { cells, apart: Number(apart.toFixed(held.decimals)), alike };
  });
}

// The units that an address asks for: those there are, each once, and those there are not.
function asked(search, there) {
  const query = new URLSearchParams(search);
  const named = ["a", "b", "c"].map((name) => query.get(name) || "").filter(Boolean);
  const known = [...new Set(named.filter((unit) => Object.hasOwn(there, unit)))];
  return [known, named.filter((unit) => !Object.hasOwn(there, unit))];
}

function comparing(place, held) {
  const lang = document.documentElement.lang, words = place.dataset;
  const names = Object.fromEntries(Object.keys(held.units).map((unit, at) => [unit, held.names[lang][at]]));
  const [units, strangers] = asked(window.location.search, held.units);
  const written = (value, decimals, sign) => new Intl.NumberFormat(lang, {
    minimumFractionDigits: decimals, maximumFractionDigits: decimals, signDisplay: sign ? "exceptZero" : "auto", useGrouping: "always",
  }).format(value).replace("-", "\u2212");
  const made = (tag, text, more = {}) => Object.assign(document.createElement(tag), { textContent: text, ...more });

  const form = made("form", "", { className: "dti-choose" });
  ["first", "second", "third"].forEach((word, at) => {
    const select = made("select", "", { name: "abc"[at] });
    if (at === 2) select.append(made("option", words.nobody, { value: "" }));
    const chosen = units[at] || (units.length ? "" : Object.keys(names)[at]);
    Object.entries(names).forEach(([unit, name]) => {
      select.append(made("option", name, { value: unit, selected: unit === chosen && (at < 2 || units.length > 2) }));
    });
    const box = made("label", words[word] + " ");
    box.append(select);
    form.append(box);
  });
  form.append(made("button", words.do, { type: "submit" }));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const query = new URLSearchParams([...new FormData(form)].filter(([, unit]) => unit));
    window.location.search = "?" + query;
  });
  place.prepend(form);
  for (const stranger of strangers) form.after(made("p", words.unknown.replace("{unit}", stranger), { className: "dti-note" }));
  for (const link of document.querySelectorAll("a.language, .dti-years a")) link.search = window.location.search;
  if (units.length < 2) return;

  const title = units.map((unit) => names[unit]).join(" – ");
  document.title = title + " | " + document.title;
  const said = made("h3", title, { id: "dti-beside" }), hint = made("p", words.hint + " " + words[units.length === 2 ? "difference" : "widest"], { className: "dti-note" });
  form.after(said, hint);
  const rows = [...place.querySelectorAll("tbody tr")], found = compared(held, units);
  for (const table of place.querySelectorAll("table")) {
    const head = table.tHead.rows[0], usual = [...head.cells].slice(-3);
    table.caption.firstChild.lastChild.textContent = title;
    if (head.cells.length === 5) head.cells[1].classList.add("dti-wide");
    usual.forEach((cell, at) => { if (at === 1) cell.className = "num dti-wide"; else cell.remove(); });
    usual[1].before(...units.map((unit) => made("th", names[unit], { scope: "col", className: "num" })),
      made("th", words.apart, { scope: "col", className: "num" }));
  }
  rows.forEach((row, at) => {
    const { cells, apart, alike } = found[at], usual = [...row.cells].slice(-3);
    if (row.cells.length === 5) row.cells[1].classList.add("dti-wide");
    usual.forEach((cell, own) => { if (own === 1) cell.className = "num dti-wide"; else cell.remove(); });
    const shown = cells.map((cell) => {
      if (typeof cell.value !== "number") return made("td", cell.value === "" ? words.na : "\u2013", { className: "num" });
      const box = made("td", "", { className: "num" });
      const text = written(cell.value, held.decimals) + (cell.most === cell.usual ? "" : "/" + written(cell.most, 0));
      box.append(made("span", text, { className: "dti-bar" }));
      box.firstChild.style.setProperty("--share", 100 * Math.max(0, Math.min(cell.share || 0, 1)) + "%");
      return box;
    });
    const far = apart === null ? "\u2013" : alike ? written(apart, held.decimals, units.length === 2)
      : words.points.replace("{number}", written(apart, 1, units.length === 2));
    usual[1].before(...shown, made("td", far, { className: "num" }));
    row.dataset.apart = apart ? "yes" : "";
  });
  const only = made("input", "", { type: "checkbox" }), box = made("label", "");
  box.append(only, " " + words.only);
  only.addEventListener("change", () => rows.forEach((row) => { row.hidden = only.checked && !row.dataset.apart; }));
  hint.after(box);
}

if (typeof document !== "undefined") {
  const place = document.getElementById("dti-compare"), script = document.createElement("script");
  const folder = document.body.dataset.root + "tables/";
  window.dtiCompare = (held) => {
    const show = () => {
      comparing(place, held);
      for (const table of place.querySelectorAll("table.dti-table")) sortable(table, document.body.dataset);
      place.dataset.ready = "yes";
    };
    const ids = Object.keys(held.units), [units] = asked(window.location.search, held.units);
    const parts = new Set(held.each ? units.map((unit) => Math.floor(ids.indexOf(unit) / held.each)) : []);
    if (!parts.size) return show();
    let left = parts.size;
    window.dtiComparePart = (part) => {
      Object.assign(held.units, part.units);
      Object.assign(held.own, part.own);
      left -= 1;
      if (!left) show();
    };
    for (const part of parts) {
      const more = document.createElement("script");
      more.src = folder + place.dataset.file.replace(/\.js$/, "-" + part + ".js");
      document.head.append(more);
    }
  };
  script.src = folder + place.dataset.file;
  document.head.append(script);
}
if (typeof module !== "undefined") module.exports = { asked, compared };
