// What is asked, the words of the page, and how elements are made: texts only ever become text nodes.

const form = JSON.parse(document.getElementById("definition").textContent);
const SVG = "http://www.w3.org/2000/svg";

function words(key, values = {}) {
  return form.words[key].replace(/\{(\w+)\}/g, (all, name) => (name in values ? String(values[name]) : all));
}

// Properties are attributes; "on…" are listeners; children are nodes or texts, and what is null is left out.
function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  return furnished(made, properties, children);
}

function drawing(name, properties = {}, ...children) {
  return furnished(document.createElementNS(SVG, name), properties, children);
}

function furnished(made, properties, children) {
  for (const [key, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return made;
}

// Texts of the instrument may be in another language than the words around them.
function said(name, properties, text) {
  const foreign = form.language && form.language !== form.spoken ? { lang: form.language } : {};
  return element(name, { ...foreign, dir: "auto", ...properties }, text);
}

const questions = [];
const questionOf = new Map();

// The questionnaire may be there in several languages: the texts of one take the place of the others'.
function speak(language) {
  Object.assign(form, form.languages.find((each) => each.language === language) ?? {});
  document.documentElement.lang = form.spoken;
  questions.splice(0, questions.length, ...form.pages.flatMap((page) => page.questions));
  for (const question of questions) questionOf.set(question.name, question);
}

// The language that was chosen before, or else the first of the browser's that is there.
function preferred() {
  let chosen = null;
  try {
    chosen = localStorage.getItem(`${form.key}:language`);
  } catch {
    chosen = null;
  }
  const there = form.languages.map((each) => each.language);
  const asked = [chosen, ...navigator.languages].filter(Boolean);
  return asked.flatMap((code) => [code, code.split("-")[0]]).find((code) => there.includes(code)) ?? form.language;
}

speak(preferred());
