// Questions as controls of the browser's own kind: radio buttons, lists, fields.

let numbered = 0;

function asked(question, changed) {
  if (question.kind === "choice") {
    return question.fact && question.choices.length > 5 ? listed(question, changed) : chosen(question, changed);
  }
  return question.kind === "number" ? counted(question, changed) : written(question, changed);
}

function answer(question, value, changed) {
  if (value === "") delete memory.answers[question.name];
  else memory.answers[question.name] = value;
  changed(question);
}

// A scale has numbers to show and to type; other choices are a few words each.
function isScale({ fact, choices }) {
  return !fact && choices.length > 3 && choices.every(([value]) => /^-?\d{1,3}$/.test(value));
}

function isNamed([value, label]) {
  return value !== label;
}

function chosen(question, changed) {
  const name = `q${(numbered += 1)}`;
  const scale = isScale(question);
  const long = question.choices.length > 6;
  const takeBack = element(
    "button",
    { type: "button", class: "clear", "aria-label": words("clearOf", { text: question.text }), hidden: !answered(question) },
    words("clear"),
  );
  const option = (choice, place) => {
    const [value, label] = choice;
    const unknown = place === question.choices.length;
    const input = element("input", {
      type: "radio", name, value, id: `${name}-${place}`, checked: answerTo(question.name) === value,
      onchange: () => { takeBack.hidden = false; answer(question, value, changed); },
    });
    const mark = scale && !unknown && isNamed(choice) ? [element("span", { class: "mark" }, value), " "] : null;
    const key = unknown ? "?" : scale ? value : String(place + 1);
    return element("label", { class: unknown ? "option unknown" : "option", for: input.id, "data-key": key },
      input, mark, said("span", { class: mark ? "text" : "text bare" }, label));
  };
  const options = question.choices.map(option);
  const unknown = question.unknown ? option(question.unknown, question.choices.length) : null;
  const group = element(
    "fieldset",
    { class: scale ? `question scale${long ? " long" : ""}` : "question chips", onkeydown: (event) => typed(event, group) },
    said("legend", {}, question.text),
    element("div", { class: "options" }, options, scale ? null : unknown),
    scale && !longEnds(question) && ends(question).some(isNamed) ? element("div", { class: "ends", "aria-hidden": "true" },
      ends(question).map((choice) => said("span", {}, isNamed(choice) ? choice[1] : ""))) : null,
    element("div", { class: "below" }, scale ? unknown : null, takeBack),
  );
  takeBack.addEventListener("click", () => {
    const inputs = group.querySelectorAll("input");
    inputs.forEach((input) => { input.checked = false; });
    takeBack.hidden = true;
    inputs[0].focus();
    answer(question, "", changed);
  });
  // A tap that answers for the first time goes on; the arrow keys only choose.
  let first = false;
  group.addEventListener("pointerdown", ({ pointerType }) => { first = pointerType === "touch" && !answered(question); });
  group.addEventListener("change", () => {
    if (first) comeTo(group, next(group));
    first = false;
  });
  return group;
}

function ends({ choices }) {
  return [choices[0], choices[choices.length - 1]];
}

function longEnds(question) {
  return ends(question).some(([, label]) => label.length > 40);
}

// The numbers with their words, above the first of the questions that share them.
function scaleKey({ choices }) {
  return element("p", { class: choices.length > 6 ? "key long" : "key", "aria-hidden": "true" },
    choices.filter(isNamed).map(([value, label]) => element("span", {}, element("b", {}, value), " ", said("span", {}, label))));
}

function scaleKeys(list) {
  let before = "";
  return list.map((question) => {
    const own = question.kind === "choice" && isScale(question) ? JSON.stringify(question.choices) : "";
    const needed = own && own !== before && (longEnds(question) || question.choices.slice(1, -1).some(isNamed));
    const key = needed ? scaleKey(question) : null;
    before = own;
    return key;
  });
}

function next(group) {
  let found = group.nextElementSibling;
  while (found && !found.matches(".question")) found = found.nextElementSibling;
  return found || document.getElementById("next");
}

// What comes next takes the place of what was answered, so that the thumb stays where it is.
function comeTo(group, target) {
  const top = target.getBoundingClientRect().top - group.getBoundingClientRect().top;
  window.scrollBy({ top, behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
}

// Digits choose, in the question that has the focus; "1" waits a little where "10" can be meant.
let digits = "";
let waiting = 0;

function typed(event, group) {
  if (!/^[-0-9?]$/.test(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  clearTimeout(waiting);
  digits += event.key;
  const keys = [...group.querySelectorAll("[data-key]")];
  const longer = keys.some(({ dataset }) => dataset.key.length > digits.length && dataset.key.startsWith(digits));
  const found = keys.find(({ dataset }) => dataset.key === digits);
  if (!found && !longer) { digits = ""; return; }
  if (found) found.querySelector("input").click();
  const goOn = () => {
    digits = "";
    const target = next(group);
    const field = target.matches("button") ? target : target.querySelector("input:checked") || target.querySelector("input, select, textarea");
    field.focus();
  };
  if (longer) waiting = setTimeout(found ? goOn : () => { digits = ""; }, 700);
  else goOn();
}

function listed(question, changed) {
  const id = `q${(numbered += 1)}`;
  const list = element(
    "select",
    { id, onchange: (event) => answer(question, event.target.value, changed) },
    element("option", { value: "" }, words("pleaseChoose")),
    question.choices.map(([value, label]) =>
      said("option", { value, selected: answerTo(question.name) === value }, label)),
  );
  return element("div", { class: "question" }, said("label", { class: "asked", for: id }, question.text), list);
}

function written(question, changed) {
  const id = `q${(numbered += 1)}`;
  const long = question.kind === "text";
  const hint = question.name === "organization" ? words("organizationHint") : long ? words("noNames") : null;
  const field = element(long ? "textarea" : "input", {
    id, type: long ? null : "text", rows: long ? 6 : null, maxlength: long ? 10000 : 500,
    required: question.required, dir: "auto",
    "aria-describedby": [hint && `${id}-hint`, question.required && `${id}-error`].filter(Boolean).join(" ") || null,
    autocomplete: question.name === "organization" ? "organization" : "off",
    oninput: (event) => { mend(field); answer(question, event.target.value, changed); },
  });
  field.value = answerTo(question.name);
  const label = said("label", { class: "asked", for: id }, question.text);
  if (question.required) label.append(" ", element("span", { class: "need" }, `(${words("needLabel")})`));
  return element(
    "div",
    { class: "question" },
    label,
    hint && element("p", { class: "hint", id: `${id}-hint` }, hint),
    field,
    question.required ? element("p", { class: "error", id: `${id}-error`, hidden: true }) : null,
  );
}

function counted(question, changed) {
  const id = `q${(numbered += 1)}`;
  const { low, high } = question;
  const unknown = (question.unknown || [])[0];
  const value = answerTo(question.name);
  const field = element("input", {
    id, type: "number", inputmode: low < 0 ? null : "numeric", min: low, max: high, step: 1, class: "number",
    "aria-describedby": `${id}-error`,
    oninput: (event) => {
      mend(field);
      if (tick) tick.checked = false;
      const text = event.target.value.trim();
      const fits = /^-?\d+$/.test(text) && Number(text) >= low && Number(text) <= high;
      if (text !== "" && !fits) complain(field, words("numberWrong", { low, high }));
      answer(question, fits ? String(Number(text)) : "", changed);
    },
  });
  field.value = value === unknown ? "" : value;
  const tick = question.unknown && !question.shared
    ? element("input", {
      type: "checkbox", id: `${id}-unknown`, checked: value === unknown,
      onchange: (event) => {
        if (event.target.checked) { field.value = ""; mend(field); }
        answer(question, event.target.checked ? unknown : "", changed);
      },
    })
    : null;
  return element(
    "div",
    { class: "question" },
    said("label", { class: "asked", for: id }, question.text),
    element("div", { class: "count" }, field,
      tick && element("label", { class: "tick", for: tick.id }, tick, element("span", {}, words("unknownNumber")))),
    element("p", { class: "error", id: `${id}-error`, hidden: true }),
  );
}

// Numbers that share one total: a running sum, and one "don't know" for all of them.
function countedTogether(page, changed) {
  const [unknown] = page.questions[0].unknown || [];
  const running = element("p", { class: "running", role: "status" });
  const show = () => { running.textContent = words(sumOf(page) === page.total ? "countsDone" : "countsLeft", { n: sumOf(page), total: page.total }); };
  const fields = page.questions.map((question) =>
    asked({ ...question, shared: true }, (done) => {
      tick.checked = false;
      released(page);
      fields.forEach((field) => { if ("total" in field.querySelector("input").dataset) mend(field.querySelector("input")); });
      show();
      changed(done);
    }));
  const tick = element("input", {
    type: "checkbox", id: `q${(numbered += 1)}`, checked: unknown !== undefined && page.questions.every((q) => answerTo(q.name) === unknown),
    onchange: (event) => {
      for (const question of page.questions) answer(question, event.target.checked ? unknown : "", () => {});
      fields.forEach((field) => { const input = field.querySelector("input"); input.value = ""; mend(input); });
      show();
      changed(page.questions[0]);
    },
  });
  show();
  const all = unknown === undefined
    ? null
    : element("label", { class: "tick", for: tick.id }, tick, element("span", {}, words("countsUnknown")));
  return [...fields, running, all];
}

// A number that is given takes the "don't know" of the others back.
function released(page) {
  for (const question of page.questions) {
    if (question.unknown && answerTo(question.name) === question.unknown[0]) delete memory.answers[question.name];
  }
}

function sumOf(page) {
  const given = page.questions.map((question) => answerTo(question.name)).filter((text) => text !== "");
  const unknown = page.questions[0].unknown ? page.questions[0].unknown[0] : null;
  return given.filter((text) => text !== unknown).reduce((sum, text) => sum + Number(text), 0);
}

function complain(field, text) {
  const place = field.closest(".question").querySelector(".error");
  field.setAttribute("aria-invalid", "true");
  place.textContent = text;
  place.hidden = false;
}

function mend(field) {
  const place = field.closest(".question").querySelector(".error");
  field.removeAttribute("aria-invalid");
  delete field.dataset.total;
  if (place) place.hidden = true;
}

// Returns the first field that must be mended before the page is left, null where there is none.
function firstWrong(page, place) {
  const wrong = place.querySelector("[aria-invalid]");
  if (wrong) return wrong;
  for (const field of place.querySelectorAll("[required]")) {
    if (isNoAnswer(field.value)) {
      complain(field, words("needed"));
      return field;
    }
  }
  if (page.total === undefined) return null;
  const missing = open(page.questions);
  const unknown = page.questions[0].unknown && page.questions.every((q) => answerTo(q.name) === q.unknown[0]);
  if (missing.length === page.questions.length || unknown) return null;
  const values = { k: page.questions.length, total: page.total, n: sumOf(page) };
  if (missing.length === 0 && values.n === page.total) return null;
  const number = missing.length ? page.questions.indexOf(missing[0]) : page.questions.length - 1;
  const field = place.querySelectorAll("input.number")[number];
  complain(field, words(missing.length ? "countsIncomplete" : "countsWrong", values));
  field.dataset.total = ""; // it is mended by a change of any of the numbers
  return field;
}
