"use strict";
// The page is complete without this script; it adds searching, sorting and filtering.
(function () {
  const collator = new Intl.Collator(document.documentElement.lang, { numeric: true, sensitivity: "base" });
  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const FEW = 6; // rows that need no search
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

  function report(output, shown, all) {
    output.textContent = shown === all ? "" : number.format(shown) + " of " + number.format(all) + " shown";
  }

  function setUpTable(section) {
    const table = section.querySelector("table");
    const tools = section.querySelector(".tools");
    const body = table.tBodies[0];
    const rows = Array.from(body.rows);
    const texts = new Map();
    const input = tools.querySelector("input");
    const selects = Array.from(tools.querySelectorAll("select"));
    const output = tools.querySelector("output");

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
      let shown = 0;
      for (const row of rows) {
        const fits =
          chosen.every((select) => row.cells[select.dataset.column].textContent === select.value) &&
          (wanted.length === 0 || wanted.every((word) => textOf(row).includes(word)));
        row.hidden = !fits;
        shown += fits ? 1 : 0;
      }
      report(output, shown, rows.length);
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
      body.append(...keyed.map((item) => item.row));
    }

    Array.from(table.tHead.rows[0].cells).forEach(function (head, index) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      head.replaceChildren(button);
      button.addEventListener("click", () => sort(head, index));
    });
    for (const select of selects.slice()) {
      if (fill(select)) {
        select.addEventListener("change", show);
      } else {
        selects.splice(selects.indexOf(select), 1);
      }
    }
    input.addEventListener("input", later(show));
    tools.hidden = rows.length < FEW;
  }

  function setUpCards(section) {
    const tools = section.querySelector(".tools");
    const cards = Array.from(section.querySelectorAll("details"));
    const input = tools.querySelector("input");
    function show() {
      const wanted = words(input);
      let shown = 0;
      for (const card of cards) {
        const fits = wanted.length === 0 || wanted.every((word) => fold(card.textContent).includes(word));
        card.hidden = !fits;
        shown += fits ? 1 : 0;
      }
      report(tools.querySelector("output"), shown, cards.length);
    }
    input.addEventListener("input", later(show));
    tools.hidden = false;
  }

  function openTarget() {
    const target = location.hash ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
    if (target && target.tagName === "DETAILS") {
      target.hidden = false;
      target.open = true;
      target.scrollIntoView({ block: "start" });
      target.querySelector("summary").focus({ preventScroll: true });
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
