// What is answered, what is open, how long the rest takes, and the file.

const PACE = { fact: 6, choice: 8, number: 10, line: 8, text: 45 }; // seconds that a question usually takes

function answerTo(name) {
  return memory.answers[name] ?? "";
}

function answered(question) {
  return answerTo(question.name).trim() !== "";
}

function open(list) {
  return list.filter((question) => !answered(question));
}

function usual(list) {
  return list.reduce((sum, question) => sum + PACE[question.fact ? "fact" : question.kind], 0);
}

// Minutes from a page on: the usual time of its open questions, as much faster or slower as this respondent is.
function minutesLeft(from) {
  const done = questions.filter(answered);
  const own = done.length >= 10 ? memory.seconds / usual(done) : 1;
  const pace = Math.min(Math.max(own, 0.4), 2.5);
  const rest = open(form.pages.slice(Math.max(from, 0)).flatMap((page) => page.questions));
  return (usual(rest) * pace) / 60;
}

// An answer that says something: neither open nor "don't know".
function valid(name) {
  const question = questionOf.get(name);
  return question && answered(question) && answerTo(name) !== (question.unknown || [])[0];
}

function tooFew() {
  return ["say", "do"].some((facet) => {
    const items = form.facets[facet];
    return items.length > 0 && items.filter(valid).length / items.length < form.share;
  });
}

function isNoAnswer(text) {
  const folded = text.trim().replace(/\s+/g, " ").toLowerCase();
  return folded === "" || form.missing.some((missing) => missing.trim().toLowerCase() === folded);
}

// The rule of cfanalysis.core.spreadsheets: a text that a spreadsheet would take for a formula gets one apostrophe.
function formulaSafe(text) {
  const formula = /^(?:[\s\x00-\x20\x85\u200b\ufeff']*[=+\-@＝＋－＠]|'*[\t\r\n])/u;
  return formula.test(text) && !/^[+-]?\d+(?:[.,]\d+)?$/.test(text) ? `'${text}` : text;
}

function cell(text) {
  const safe = formulaSafe(text);
  return /[",;|\t\n\r]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
}

// Column and text of each answer, without characters that are none.
function answersRow() {
  const own = {
    organization: form.organization,
    respondent: memory.respondent,
    wave: form.wave,
    seconds: memory.seconds >= 1 ? String(Math.round(memory.seconds)) : "",
    submitted: memory.finished.replace(/\.\d+/, ""),
  };
  const plain = (text) => text.replace(/\r\n?/g, "\n").replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/g, " ")
    .replace(/[\ud800-\udfff]/gu, "\ufffd").trim();
  return form.columns.map((column) => [column, plain(questionOf.has(column) ? answerTo(column) : own[column])]);
}

function answersFile() {
  const row = answersRow();
  return `${row.map(([column]) => cell(column)).join(",")}\r\n${row.map(([, text]) => cell(text)).join(",")}\r\n`;
}

function fileName() {
  return `${form.id}-${memory.respondent}.csv`;
}
