// What paper cannot do: find, sort, filter, stay on the same section in the other language. Without this file every page is whole.
"use strict";

const plain = (text) => text.toLowerCase().replaceAll("đ", "d").normalize("NFD").replace(/\p{M}/gu, "").normalize("NFC");

// ---- find ------------------------------------------------------------------------------------------------------------

const KINDS = ["places", "units", "criteria", "claims", "pages"];
const MOST = 12;

// One entry for each thing that can be gone to: its kind, name, where it belongs, address.
function entries(index) {
  const found = [];
  KINDS.forEach((kind, order) => {
    for (const [name, ...said] of index[kind]) {
      let id = "";
      const ways = [];
      for (const part of said) {
        if (typeof part === "number") {
          const [base, title, before, after] = index.folders[part];
          ways.push([title, kind === "pages" ? base + id : base + before + id + after]);
        } else id = part;
      }
      if (!ways.length) ways.push(["", id]);
      ways.forEach(([context, address], age) => {
        const words = plain(name).match(/[\p{L}\p{N}.]+/gu) || [];
        found.push({ order, name, context, address, age, words, around: plain(context), said: (name + " " + context).toLowerCase() });
      });
    }
  });
  return found;
}

// Every word that was typed must begin a word of the name, or of where it belongs. Best first: whole names, their beginnings,
// diacritics as typed; then places before units before criteria, and new before old.
function search(all, query) {
  const typed = plain(query).match(/[\p{L}\p{N}.]+/gu);
  if (!typed) return [];
  const exact = query.trim().toLowerCase();
  const found = [];
  for (const entry of all) {
    let points = 0;
    const fits = typed.every((word) => {
      const at = entry.words.findIndex((own) => own.startsWith(word));
      if (at >= 0) points += entry.words[at] === word ? 4 : 2;
      else if (!(" " + entry.around).split(/[^\p{L}\p{N}.]+/u).some((own) => own.startsWith(word))) return false;
      return true;
    });
    if (!fits || !points && KINDS[entry.order] !== "pages") continue;
    const name = entry.words.join(" ");
    if (name === typed.join(" ")) points += 20;
    else if ((" " + name).includes(" " + typed.join(" "))) points += 8;
    if (entry.said.includes(exact)) points += 3;
    found.push([points, entry]);
  }
  found.sort(([a, one], [b, other]) => b - a || one.order - other.order || one.age - other.age);
  return found.map(([, entry]) => entry);
}

function finder(box) {
  const list = document.getElementById("dti-found"), count = document.getElementById("dti-count");
  const root = document.body.dataset.root, kinds = box.dataset.kinds.split("|");
  let all = null, shown = [], active = -1;

  window.dtiFind = (index) => { all = entries(index); show(); };
  const load = () => {
    if (load.asked) return;
    load.asked = true;
    const script = document.createElement("script");
    script.src = document.body.dataset.index;
    document.head.append(script);
  };
  const close = () => {
    list.hidden = true;
    active = -1;
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  };
  const show = () => {
    if (!all || !box.value.trim()) { count.textContent = ""; list.replaceChildren(); return close(); }
    const found = search(all, box.value);
    shown = found.slice(0, MOST);
    active = -1;
    list.replaceChildren(...shown.map((entry, at) => {
      const option = document.createElement("li");
      option.id = "dti-found-" + at;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      const name = document.createElement("span"), about = document.createElement("small");
      name.textContent = entry.name;
      about.textContent = entry.context ? kinds[entry.order] + ": " + entry.context : kinds[entry.order];
      option.append(name, " ", about);
      option.addEventListener("pointerdown", (event) => event.preventDefault());
      option.addEventListener("click", (event) => go(entry, event.ctrlKey || event.metaKey));
      return option;
    }));
    const said = !found.length ? box.dataset.none : found.length > MOST ? box.dataset.some : box.dataset.found;
    count.textContent = said.replace("{n}", found.length).replace("{shown}", MOST);
    list.hidden = !shown.length;
    box.setAttribute("aria-expanded", String(!list.hidden));
    box.removeAttribute("aria-activedescendant");
  };
  const mark = (at) => {
    if (!shown.length) return;
    active = (at + shown.length) % shown.length;
    [...list.children].forEach((option, own) => option.setAttribute("aria-selected", String(own === active)));
    box.setAttribute("aria-activedescendant", "dti-found-" + active);
    list.children[active].scrollIntoView({ block: "nearest" });
  };
  const go = (entry, aside) => {
    if (aside) return void window.open(root + entry.address);
    close();
    window.location.href = root + entry.address;
  };

  box.addEventListener("focus", load);
  box.addEventListener("input", () => { load(); show(); });
  box.addEventListener("blur", close);
  box.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) show();
      mark(active < 0 && event.key === "ArrowUp" ? -1 : active + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter" && !list.hidden) {
      event.preventDefault();
      go(shown[Math.max(active, 0)], event.ctrlKey || event.metaKey);
    } else if (event.key === "Escape") {
      if (list.hidden) { box.value = ""; count.textContent = ""; } else close();
      event.preventDefault();
    }
  });
  document.addEventListener("keydown", (event) => {
    const writing = event.target.closest && event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key !== "/" || writing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    box.focus();
    box.select();
  });
  if (document.activeElement === box) load();
}

// ---- tables ----------------------------------------------------------------------------------------------------------

// What a cell is sorted by: a number as the language writes it, a day, how many ranks up or down; else its text.
function sortKey(text, lang) {
  const said = text.trim().replaceAll("−", "-").replace(/[\u00a0\u202f]/g, " ");
  if (!said || said === "–" || said === "-") return null;
  const moved = said.match(/^([▲▼])\s*(\d+)/u);
  if (moved) return (moved[1] === "▲" ? 1 : -1) * Number(moved[2]);
  if (said.startsWith("=")) return 0;
  const day = said.match(/^(?:(\d{1,2})\/)?(\d{1,2})\/(\d{4})$/);
  if (day) return Number(day[3]) * 10000 + Number(day[2]) * 100 + Number(day[1] || 0);
  const number = said.match(/^([+-]?\d[\d.,]*)\s*(?:%|\/|\p{L}|$)/u);
  if (!number) return said;
  const digits = lang === "vi" ? number[1].replaceAll(".", "").replace(",", ".") : number[1].replaceAll(",", "");
  return Number.isNaN(Number(digits)) ? said : Number(digits);
}

// The order of two keys: numbers, then texts as Vietnamese orders names; what is empty comes last whichever way one sorts.
function inOrder(one, other, way, collator) {
  if (one === null || other === null) return (one === null) - (other === null);
  if (typeof one === "number" && typeof other === "number") return way * (one - other);
  return way * collator.compare(String(one), String(other));
}

const FEW_ROWS = 4, MANY_ROWS = 12;

function sortable(table, words) {
  const body = table.tBodies[0], heads = table.tHead && table.tHead.rows[0];
  if (!heads || !body || body.rows.length < FEW_ROWS || table.querySelector("[colspan], [rowspan]")) return;
  const rows = [...body.rows], collator = new Intl.Collator("vi", { numeric: true });
  [...heads.cells].forEach((head, column) => {
    const title = head.textContent.trim();
    if (!title) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "dti-sort";
    button.setAttribute("aria-label", words.sort.replace("{column}", title));
    button.addEventListener("click", () => {
      const before = head.getAttribute("aria-sort");
      const next = before === "ascending" ? "descending" : before === "descending" ? null : "ascending";
      [...heads.cells].forEach((cell) => cell.removeAttribute("aria-sort"));
      if (next) head.setAttribute("aria-sort", next);
      const keyed = rows.map((row) => [sortKey(row.cells[column].textContent, document.documentElement.lang), row]);
      if (next) keyed.sort(([a], [b]) => inOrder(a, b, next === "ascending" ? 1 : -1, collator));
      body.append(...keyed.map(([, row]) => row));
    });
    head.classList.add("dti-sorts");
    const joined = "\u2060";  // no line break between a heading and its button
    if (head.classList.contains("num")) head.prepend(button, joined);
    else head.append(joined, button);
  });
  if (rows.length < MANY_ROWS) return;
  const box = document.createElement("input"), said = document.createElement("span"), bar = document.createElement("p");
  const texts = rows.map((row) => plain([...row.cells].map((cell) => cell.textContent).join(" ")));
  Object.assign(box, { type: "search", placeholder: words.filter_short });
  box.setAttribute("aria-label", words.filter);
  said.setAttribute("role", "status");
  bar.className = "dti-filter";
  bar.append(box, " ", said);
  box.addEventListener("input", () => {
    const typed = plain(box.value).split(/\s+/).filter(Boolean);
    let left = 0;
    rows.forEach((row, at) => {
      row.hidden = !typed.every((word) => texts[at].includes(word));
      left += row.hidden ? 0 : 1;
    });
    said.textContent = typed.length ? words.rows.replace("{shown}", left).replace("{n}", rows.length) : "";
  });
  (table.closest(".dti-scroll") || table).before(bar);
}

// ---- the same section in the other language --------------------------------------------------------------------------

function section() {
  let found = null;
  for (const part of document.querySelectorAll("main h2[id], main h3[id], main section[id], main tr[id]:target")) {
    if (part.getBoundingClientRect().top > 160) break;
    found = part;
  }
  return found ? found.dataset.twin || found.id : "";
}

function start() {
  const box = document.getElementById("dti-find");
  if (box) finder(box);
  const words = document.body.dataset;
  const comparison = document.getElementById("dti-compare");
  if (comparison) {  // sorts its tables itself, once it has made their columns
    const script = document.createElement("script");
    script.src = words.root + "compare.js";
    document.head.append(script);
  }
  for (const table of document.querySelectorAll("main table.dti-table")) {
    if (!comparison || !comparison.contains(table)) sortable(table, words);
  }
  for (const scroller of document.querySelectorAll(".dti-scroll")) {
    if (scroller.scrollWidth > scroller.clientWidth) scroller.tabIndex = 0;
  }
  const other = document.querySelector("a.language");
  if (other) {
    const keep = () => { other.hash = window.scrollY > 0 ? section() : ""; };
    for (const event of ["pointerdown", "focus", "click"]) other.addEventListener(event, keep);
  }
}

if (typeof document !== "undefined") start();
if (typeof module !== "undefined") module.exports = { entries, inOrder, plain, search, sortKey };
