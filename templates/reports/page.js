"use strict";
// The page is complete without this script; it adds searching, sorting and filtering.
(function () {
  const collator = new Intl.Collator(document.documentElement.lang, { numeric: true, sensitivity: "base" });
  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const FEW = 6; // rows that need no search
  const SCREENFUL = 200; // as many as page.css lays out before the script runs
  const number = new Intl.NumberFormat("en");

  function later(action) {
    let timer = 0;
    return function () {
      clearTimeout(timer);
      timer = setTimeout(action, 120);
    };
  }

  function words(input) {
    return fold(input.value).split(/\s+/).filter(Boolean);
  }

  // Shows the items that fit, a screenful of them at first, and a button that shows more.
  function lister(items, list, output) {
    let most = SCREENFUL;
    const more = document.createElement("p");
    const button = document.createElement("button");
    more.className = "more";
    button.type = "button";
    more.append(button);
    (list.closest(".scroll") || list).after(more);

    function show(fits) {
      let found = 0;
      for (const item of items()) {
        const isIn = fits(item);
        found += isIn ? 1 : 0;
        item.hidden = !isIn || found > most;
        item.classList.toggle("out", !isIn);
      }
      list.classList.add("counted");
      more.hidden = found <= most;
      button.textContent = "Show " + number.format(Math.min(SCREENFUL * 5, found - most)) + " more";
      output.textContent = found === items().length ? "" : number.format(found) + " of " + number.format(items().length) + " shown";
    }

    return {
      show,
      reset: () => { most = SCREENFUL; },
      onMore: (action) => button.addEventListener("click", () => { most += SCREENFUL * 5; action(); }),
    };
  }

  function setUpTable(section) {
    const table = section.querySelector("table");
    const tools = section.querySelector(".tools");
    const body = table.tBodies[0];
    let rows = Array.from(body.rows);
    const texts = new Map();
    const input = tools.querySelector("input");
    const selects = Array.from(tools.querySelectorAll("select"));
    const list = lister(() => rows, table, tools.querySelector("output"));

    function textOf(row) {
      let text = texts.get(row);
      if (text === undefined) {
        text = fold(Array.from(row.cells, (cell) => cell.textContent).join(" "));
        texts.set(row, text);
      }
      return text;
    }

    function show() {
      const wanted = words(input);
      const chosen = selects.filter((select) => select.value !== "");
      list.show(
        (row) =>
          chosen.every((select) => row.cells[select.dataset.column].textContent === select.value) &&
          (wanted.length === 0 || wanted.every((word) => textOf(row).includes(word))),
      );
    }

    function search() {
      list.reset();
      show();
    }

    function fill(select) {
      const column = select.dataset.column;
      const values = new Set(rows.map((row) => row.cells[column].textContent));
      values.delete("");
      if (values.size < 2) {
        select.parentElement.remove();
        return false;
      }
      for (const value of Array.from(values).sort(collator.compare)) {
        select.add(new Option(value, value));
      }
      return true;
    }

    function sort(head, index) {
      const down = head.getAttribute("aria-sort") === "ascending";
      const sign = down ? -1 : 1;
      const keyed = rows.map((row, place) => ({ row, place, key: row.cells[index].textContent.replace(/(\d),(?=\d{3})/g, "$1") }));
      const isNumber = head.classList.contains("n");
      keyed.sort(function (a, b) {
        // Blank cells stay at the end whichever way the column is sorted.
        if (a.key === "" || b.key === "") {
          return (a.key === "") - (b.key === "") || a.place - b.place;
        }
        const order = isNumber ? Number(a.key) - Number(b.key) : collator.compare(a.key, b.key);
        return sign * order || a.place - b.place;
      });
      for (const other of table.tHead.rows[0].cells) {
        other.removeAttribute("aria-sort");
      }
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      rows = keyed.map((item) => item.row);
      show();
      const sorted = document.createDocumentFragment();
      for (const row of rows) {
        sorted.append(row);
      }
      body.append(sorted);
    }

    Array.from(table.tHead.rows[0].cells).forEach(function (head, index) {
      // Not a button element: Chromium leaves those blank where it repeats the header on paper.
      const button = document.createElement("span");
      button.role = "button";
      button.tabIndex = 0;
      button.textContent = head.textContent;
      head.replaceChildren(button);
      button.addEventListener("click", () => sort(head, index));
      button.addEventListener("keydown", function (event) {
        if (event.key === "Enter" || event.key === " ") {
          event.preventDefault();
          sort(head, index);
        }
      });
    });
    for (const select of selects.slice()) {
      if (fill(select)) {
        select.addEventListener("change", search);
      } else {
        selects.splice(selects.indexOf(select), 1);
      }
    }
    input.addEventListener("input", later(search));
    list.onMore(show);
    tools.hidden = rows.length < FEW;
    show();
  }

  function setUpCards(section) {
    const tools = section.querySelector(".tools");
    const cards = Array.from(section.querySelectorAll("details"));
    const input = tools.querySelector("input");
    const list = lister(() => cards, section.querySelector(".cards"), tools.querySelector("output"));
    function show() {
      const wanted = words(input);
      list.show((card) => wanted.length === 0 || wanted.every((word) => fold(card.textContent).includes(word)));
    }
    input.addEventListener("input", later(() => { list.reset(); show(); }));
    list.onMore(show);
    tools.hidden = cards.length < FEW;
    show();
  }

  function openTarget() {
    const target = location.hash ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
    if (target && target.tagName === "TR") {
      target.hidden = false;
      target.scrollIntoView({ block: "center" });
    }
    if (target && target.tagName === "DETAILS") {
      target.hidden = false;
      target.open = true;
      target.querySelector("summary").focus({ preventScroll: true });
      // Cards above it get their height only when they come near; so look for its place once more.
      const go = () => target.scrollIntoView({ block: "start", behavior: "instant" });
      go();
      requestAnimationFrame(() => requestAnimationFrame(go));
    }
  }

  document.querySelectorAll("section.block").forEach(function (section) {
    if (section.id === "cards") {
      setUpCards(section);
    } else if (section.querySelector(".tools")) {
      setUpTable(section);
    }
  });
  window.addEventListener("hashchange", openTarget);
  openTarget();
})();
