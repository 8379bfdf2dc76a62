"use strict";
// The page can be read and printed without this script; it adds copying, the progress and the file for import.
(function () {
  const body = document.body;
  const sheets = Array.from(document.querySelectorAll(".sheet"));
  if (sheets.length === 0) {
    return;
  }
  document.documentElement.classList.add("scripted");
  const byId = (id) => document.getElementById(id);
  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

  // ------------------------------------------------------------------ what the browser remembers
  const memory = new Map();
  const store = openStore();

  function openStore() {
    try {
      const probe = "cpor-batch.entry/probe";
      window.localStorage.setItem(probe, "1");
      window.localStorage.removeItem(probe);
      return window.localStorage;
    } catch (error) {
      byId("volatile").hidden = false;
      return null;
    }
  }

  const keyOf = (sheet) => "cpor-batch.entry/1:" + body.dataset.store + ":" + sheet.dataset.reference;

  function blank(sheet) {
    return { fingerprint: sheet.dataset.fingerprint, steps: [], copied: [], on: "", id: "", submitted: false };
  }

  const texts = (value) => (Array.isArray(value) ? value.filter((item) => typeof item === "string") : []);
  const text = (value) => (typeof value === "string" ? value : "");

  function read(sheet) {
    let found = memory.get(sheet.dataset.reference) || null;
    try {
      found = (store && JSON.parse(store.getItem(keyOf(sheet)))) || found;
    } catch (error) {
      found = null; // somebody else wrote there
    }
    if (found === null || typeof found !== "object") {
      return blank(sheet);
    }
    return {
      fingerprint: text(found.fingerprint),
      steps: texts(found.steps),
      copied: texts(found.copied),
      on: text(found.on),
      id: text(found.id),
      submitted: found.submitted === true,
    };
  }

  function keep(sheet, state) {
    memory.set(sheet.dataset.reference, state);
    try {
      if (store) {
        store.setItem(keyOf(sheet), JSON.stringify(state));
      }
    } catch (error) {
      byId("volatile").hidden = false; // the storage is full
    }
  }

  function change(sheet, edit) {
    const state = read(sheet);
    edit(state);
    keep(sheet, state);
    show(sheet);
    showAll();
  }

  // ------------------------------------------------------------------ days
  function today() {
    const now = new Date();
    const two = (number) => String(number).padStart(2, "0");
    return body.dataset.today || [now.getFullYear(), two(now.getMonth() + 1), two(now.getDate())].join("-");
  }

  // ------------------------------------------------------------------ copying
  async function write(words) {
    try {
      await navigator.clipboard.writeText(words);
      return true;
    } catch (error) {
      return writeTheOldWay(words);
    }
  }

  function writeTheOldWay(words) {
    const focused = document.activeElement;
    const area = document.createElement("textarea");
    area.className = "aside";
    area.value = words;
    body.append(area);
    area.select();
    let isDone = false;
    try {
      isDone = document.execCommand("copy");
    } catch (error) {
      isDone = false;
    }
    area.remove();
    if (focused) {
      focused.focus({ preventScroll: true });
    }
    return isDone;
  }

  async function copy(button) {
    const code = button.parentElement.querySelector("code");
    const label = button.dataset.words || (button.dataset.words = button.textContent);
    if (await write(code.textContent)) {
      byId("said").textContent = "Copied " + code.textContent;
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = label; }, 1500);
      return true;
    }
    getSelection().selectAllChildren(code);
    byId("said").textContent = "Selected. Press Ctrl+C to copy it.";
    button.textContent = "Ctrl+C";
    return false;
  }

  // ------------------------------------------------------------------ one sheet
  const stepsOf = (sheet) => Array.from(sheet.querySelectorAll(".step"));
  const copiesOf = (sheet) => Array.from(sheet.querySelectorAll(".steps .copy"));

  function show(sheet) {
    const state = read(sheet);
    const steps = stepsOf(sheet);
    const left = steps.filter((step) => !state.steps.includes(step.dataset.step));
    for (const step of steps) {
      step.querySelector(".tick").checked = !left.includes(step);
      step.classList.toggle("current", !state.submitted && step === left[0]);
    }
    copiesOf(sheet).forEach((button, place) => button.classList.toggle("copied", state.copied.includes(String(place))));
    sheet.classList.toggle("is-done", state.submitted);
    const pill = sheet.querySelector(".state");
    const isReady = sheet.dataset.ready === "yes";
    pill.className = "pill state " + (state.submitted ? "waiting" : isReady ? "good" : "attention");
    pill.textContent = state.submitted ? "Submitted " + state.on : isReady ? "Ready" : "Something missing";
    sheet.querySelector(".tally").textContent = state.submitted ? "" : steps.length - left.length + "/" + steps.length;
    sheet.querySelector(".on").value = state.on || today();
    sheet.querySelector(".claim-id").value = state.id;
    for (const input of sheet.querySelectorAll(".done input")) {
      input.readOnly = state.submitted;
    }
    sheet.querySelector(".mark").hidden = state.submitted;
    sheet.querySelector(".undo").hidden = !state.submitted;
  }

  function open(sheet, isOpen) {
    sheet.classList.toggle("open", isOpen);
    sheet.querySelector("h2 button").setAttribute("aria-expanded", String(isOpen));
  }

  function faultOf(sheet, on, id) {
    if (!/^\d{4}-\d\d-\d\d$/.test(on)) {
      return "Give the day of the submission.";
    }
    if (on > today()) {
      return "The day of the submission lies in the future.";
    }
    if (/^[=+@\-]/.test(id)) {
      return "A claim ID does not begin with " + id[0] + ".";
    }
    const other = sheets.find((one) => one !== sheet && id && read(one).submitted && read(one).id === id);
    return other ? other.dataset.reference + " has this claim ID already." : "";
  }

  function mark(sheet) {
    const on = sheet.querySelector(".on").value;
    const id = sheet.querySelector(".claim-id").value.replace(/[\s\u0000-\u001f\u007f-\u009f]+/g, " ").trim();
    const fault = faultOf(sheet, on, id);
    sheet.querySelector(".fault").textContent = fault;
    if (fault) {
      return;
    }
    change(sheet, (state) => { Object.assign(state, { on, id, submitted: true }); });
    byId("said").textContent = sheet.dataset.reference + " is marked as submitted.";
    open(sheet, false);
    filter();
    const next = sheets.find((one) => !one.hidden && !read(one).submitted && one.dataset.ready === "yes");
    if (next) {
      open(next, true);
    }
    const at = next || sheets.find((one) => !one.hidden);
    if (!at) {
      byId("show").focus();
      return;
    }
    at.scrollIntoView({ block: "start" });
    at.querySelector("h2 button").focus({ preventScroll: true });
  }

  function beginAgainWhereChanged(sheet) {
    const state = read(sheet);
    if (state.fingerprint !== sheet.dataset.fingerprint && !state.submitted) {
      sheet.querySelector(".changed").hidden = state.steps.length + state.copied.length === 0;
      keep(sheet, Object.assign(blank(sheet), { on: state.on, id: state.id }));
    }
  }

  function setUp(sheet) {
    const name = sheet.querySelector("h2 .name");
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-controls", sheet.id + "-body");
    name.replaceWith(button);
    button.append(name);
    const header = sheet.querySelector("header");
    header.addEventListener("click", function () {
      if (String(getSelection()) === "") {
        open(sheet, !sheet.classList.contains("open"));
      }
    });
    for (const step of stepsOf(sheet)) {
      step.querySelector(".tick").addEventListener("change", function (event) {
        change(sheet, (state) => {
          const others = state.steps.filter((key) => key !== step.dataset.step);
          state.steps = event.target.checked ? others.concat(step.dataset.step) : others;
        });
      });
    }
    copiesOf(sheet).forEach(function (copyButton, place) {
      copyButton.addEventListener("click", async function () {
        if (await copy(copyButton)) {
          change(sheet, (state) => { state.copied = state.copied.filter((one) => one !== String(place)).concat(String(place)); });
        }
      });
    });
    sheet.querySelector(".claim-id").addEventListener("input", (event) => {
      const id = event.target.value;
      const state = read(sheet);
      keep(sheet, Object.assign(state, { id }));
    });
    sheet.querySelector(".on").addEventListener("change", (event) => {
      const state = read(sheet);
      keep(sheet, Object.assign(state, { on: event.target.value }));
    });
    sheet.querySelector(".done").addEventListener("keydown", function (event) {
      if (event.key === "Enter" && event.target.tagName === "INPUT" && !read(sheet).submitted) {
        event.preventDefault();
        mark(sheet);
      }
    });
    sheet.querySelector(".mark").addEventListener("click", () => mark(sheet));
    sheet.querySelector(".undo").addEventListener("click", () => change(sheet, (state) => { state.submitted = false; }));
    beginAgainWhereChanged(sheet);
    show(sheet);
  }

  // ------------------------------------------------------------------ all sheets
  const fits = {
    all: () => true,
    open: (sheet) => !read(sheet).submitted,
    ready: (sheet) => !read(sheet).submitted && sheet.dataset.ready === "yes",
    blocked: (sheet) => !read(sheet).submitted && sheet.dataset.ready === "no",
    done: (sheet) => read(sheet).submitted,
  };
  const folded = new Map();

  function textOf(sheet) {
    if (!folded.has(sheet)) {
      folded.set(sheet, fold(sheet.textContent));
    }
    return folded.get(sheet);
  }

  function showAll() {
    const done = sheets.filter((sheet) => read(sheet).submitted).length;
    byId("progress").value = done;
    byId("count").textContent = done + " of " + sheets.length + " submitted";
    byId("save").disabled = done === 0;
    byId("save").textContent = done === 0 ? "Save file for import" : "Save file for import (" + done + ")";
  }

  function filter() {
    const words = fold(byId("search").value).split(/\s+/).filter(Boolean);
    const isWanted = fits[byId("show").value];
    let found = 0;
    for (const sheet of sheets) {
      sheet.hidden = !isWanted(sheet) || !words.every((word) => textOf(sheet).includes(word));
      found += sheet.hidden ? 0 : 1;
    }
    byId("none").hidden = found > 0;
  }

  // ------------------------------------------------------------------ the file for import
  const cell = (value) => (/[",\r\n;]/.test(value) ? '"' + value.replaceAll('"', '""') + '"' : value);

  function exported() {
    const rows = [["Claim reference", "Partner Center claim ID", "Status", "Submitted on"]];
    for (const sheet of sheets) {
      const state = read(sheet);
      if (state.submitted) {
        rows.push([sheet.dataset.reference, state.id, "Submitted", state.on]);
      }
    }
    // Excel takes a file for UTF-8 only with the mark in front.
    return "\ufeff" + rows.map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
  }

  function save() {
    const name = "submitted-" + today() + ".csv";
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([exported()], { type: "text/csv;charset=utf-8" }));
    link.download = name;
    link.hidden = true;
    body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    byId("saved-name").textContent = name;
    byId("saved-command").textContent = "cpor-batch import " + name;
    byId("saved").hidden = false;
  }

  sheets.forEach(setUp);
  showAll();
  const first = sheets.find((sheet) => "#" + sheet.id === location.hash) || sheets.find(fits.ready) || sheets.find(fits.open);
  sheets.forEach((sheet) => open(sheet, sheet === first));
  byId("search").addEventListener("input", filter);
  byId("show").addEventListener("change", filter);
  byId("save").addEventListener("click", save);
  byId("saved").querySelector(".copy").addEventListener("click", (event) => copy(event.currentTarget));
  // The same page in another tab.
  window.addEventListener("storage", () => { sheets.forEach(show); showAll(); });
})();
