// The answers while they are given: kept in memory, and in this browser's storage as long as that works.

const IDLE = 120; // seconds without a touch that still count as answering

let memory = fresh();
let saving = true;
let touched = Date.now();

function fresh() {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  const id = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return { respondent: `r${id}`, answers: {}, seconds: 0, page: -1, finished: "", saved: "" };
}

// Whatever else stands under the key is no memory of ours: only texts for names that are asked are taken.
function remembered(text) {
  const found = JSON.parse(text);
  const kept = fresh();
  if (!found || typeof found !== "object" || typeof found.answers !== "object" || !found.answers) return kept;
  for (const [name, value] of Object.entries(found.answers)) {
    if (questionOf.has(name) && typeof value === "string") kept.answers[name] = value;
  }
  if (/^r[0-9a-f]{16}$/.test(found.respondent)) kept.respondent = found.respondent;
  if (Number.isFinite(found.seconds) && found.seconds >= 0) kept.seconds = found.seconds;
  if (Number.isInteger(found.page) && found.page >= -1 && found.page <= form.pages.length) kept.page = found.page;
  for (const name of ["finished", "saved"]) if (typeof found[name] === "string") kept[name] = found[name];
  return kept;
}

function recall() {
  try {
    const text = localStorage.getItem(form.key);
    if (text !== null) memory = remembered(text);
    localStorage.setItem(`${form.key}:try`, "1");
    localStorage.removeItem(`${form.key}:try`);
  } catch (error) {
    saving = error instanceof SyntaxError;
  }
}

function save() {
  if (!saving) return false;
  memory.saved = new Date().toISOString();
  try {
    localStorage.setItem(form.key, JSON.stringify(memory));
    return true;
  } catch {
    return false;
  }
}

function forget() {
  memory = fresh();
  try {
    localStorage.removeItem(form.key);
  } catch {
    saving = false;
  }
}

// Time counts from touch to touch, so that a break does not.
function touch() {
  const now = Date.now();
  const since = (now - touched) / 1000;
  if (memory.page >= 0 && !memory.finished && since > 0 && since < IDLE) memory.seconds += since;
  touched = now;
}
