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
  const foreign = form.language && form.language !== "en" ? { lang: form.language } : {};
  return element(name, { ...foreign, dir: "auto", ...properties }, text);
}

const questions = form.pages.flatMap((page) => page.questions);
const questionOf = new Map(questions.map((question) => [question.name, question]));
