// The screens: welcome, a page of questions, the end. The address' fragment says which, so that "back" works.

const root = document.getElementById("questionnaire");
const last = form.pages.length;
const status = element("p", { class: "status", role: "status" });

function goTo(page) {
  const target = page < 0 ? "#welcome" : page >= last ? "#end" : `#page-${page + 1}`;
  location.hash = target;
  show();
}

let shown = ""; // the fragment of the screen that is shown

function current() {
  const found = /^#page-(\d+)$/.exec(location.hash);
  if (found) return Math.min(Math.max(Number(found[1]) - 1, 0), last - 1);
  return location.hash === "#end" ? last : -1;
}

function show(focus = true, keep = true) {
  const page = current();
  shown = location.hash;
  touch();
  if (page >= 0) memory.page = page;
  if (page >= 0 && keep) save();
  const [title, content] = page < 0 ? welcome() : page >= last ? end() : asking(page);
  const heading = element("h1", { tabindex: "-1", id: "heading" }, title);
  status.textContent = "";
  root.replaceChildren(
    element("a", { class: "skip", href: "#heading", onclick: skip }, words("skip")),
    languages(),
    masthead(page),
    element("main", {}, heading, content),
    footer(),
  );
  document.title = page < 0 ? form.title : `${title} – ${form.title}`;
  window.scrollTo(0, 0);
  if (focus) heading.focus({ preventScroll: true });
}

function languages() {
  if (form.languages.length < 2) return "";
  const choose = (language) => {
    speak(language);
    try {
      localStorage.setItem(`${form.key}:language`, language);
    } catch {
      saving = false;
    }
    show(false);
  };
  return element("nav", { class: "languages", "aria-label": words("languages") }, form.languages.map((each) => element("button", {
    type: "button", class: "plain", lang: each.language, "aria-current": each.language === form.language ? "true" : null,
    onclick: () => choose(each.language),
  }, each.name)));
}

function skip(event) {
  event.preventDefault();
  document.getElementById("heading").focus();
}

function masthead(page) {
  const name = said("p", { class: "name" }, form.organization ? `${form.title} · ${words("for", { organization: form.organization })}` : form.title);
  if (page < 0) return element("header", {}, element("p", { class: "name" }, "\u00a0"));
  return element("header", {}, name, progress(page));
}

function progress(page) {
  const shown = Math.min(page + 1, last + 1);
  const label = page >= last ? words("finish") : words("progress", { page: shown, pages: last });
  const time = element("span", { id: "time" }, timeLeft(page));
  return element("div", { class: "progress" },
    element("progress", { max: last, value: page, "aria-label": label }),
    page >= last ? null : element("p", {}, element("span", {}, label), time));
}

function timeLeft(page) {
  const minutes = minutesLeft(page);
  if (minutes < 0.75) return words("lastMinute");
  return Math.round(minutes) < 2 ? words("aboutMinute") : words("aboutMinutes", { n: Math.round(minutes) });
}

function footer() {
  const some = Object.keys(memory.answers).length > 0;
  return element("footer", {}, status,
    element("button", { type: "button", class: "plain", id: "delete", hidden: !some, onclick: ask }, words("delete")));
}

function welcome() {
  const minutes = Math.round(minutesLeft(0));
  const begun = Object.keys(memory.answers).length > 0;
  const long = minutes < 2 ? words("minute") : words("minutes", { n: minutes });
  return [form.title, [
    form.organization ? said("p", { class: "subtitle" }, words("for", { organization: form.organization })) : null,
    form.about ? said("p", { class: "about" }, form.about) : null,
    element("div", { class: "notice" }, element("p", {}, saving ? words("privacy") : words("noSaving")),
      form.returnTo ? element("p", {}, words("privacyMail", { address: form.returnTo })) : null),
    begun ? element("p", {}, words("continueAt", { when: when(), n: questions.length - open(questions).length, m: questions.length })) : null,
    element("p", { class: "hint" }, begun ? words("startNote") : `${long} ${saving ? words("startNote") : ""}`),
    element("p", { class: "actions" }, element("button", {
      type: "button", class: "first", onclick: () => goTo(begun && memory.page >= 0 ? memory.page : 0),
    }, words(begun ? "continue" : "start"))),
  ]];
}

function when() {
  const saved = new Date(memory.saved);
  return Number.isNaN(saved.getTime()) ? "" : saved.toLocaleString(form.spoken, { dateStyle: "medium", timeStyle: "short" });
}

function asking(number) {
  const page = form.pages[number];
  const count = element("p", { class: "hint answered" });
  const tell = () => {
    const n = page.questions.length - open(page.questions).length;
    count.textContent = words("answered", { n, m: page.questions.length });
  };
  const changed = () => {
    touch();
    status.textContent = save() ? words("saved") : saving ? words("storageFull") : words("noSaving");
    document.getElementById("delete").hidden = false;
    document.getElementById("time").textContent = timeLeft(number);
    tell();
  };
  tell();
  const list = element("div", { class: "questions" },
    page.total === undefined ? withKeys(page.questions, changed) : countedTogether(page, changed));
  const goOn = () => {
    const wrong = firstWrong(page, list);
    if (wrong) wrong.focus();
    else goTo(number + 1);
  };
  return [page.title, [
    number === 0 && form.organization ? said("p", { class: "subtitle" }, words("for", { organization: form.organization })) : null,
    page.about ? said("p", { class: "subtitle" }, page.about) : null,
    list,
    count,
    element("p", { class: "actions" },
      element("button", { type: "button", class: "second", onclick: () => goTo(number - 1) }, words("back")),
      element("button", { type: "button", class: "first", id: "next", onclick: goOn }, words(number + 1 < last ? "next" : "toFinish"))),
  ]];
}

function withKeys(list, changed) {
  const keys = scaleKeys(list);
  const typing = list.some((question) => question.kind === "choice") ? element("p", { class: "hint typing" }, words("typing")) : null;
  return [typing, ...list.flatMap((question, place) => [keys[place], asked(question, changed)])];
}

function end() {
  const missing = open(questions);
  const lacking = form.pages.map((page, number) => ({ page, number, n: open(page.questions).length })).filter(({ n }) => n > 0);
  const needed = missing.find((question) => question.required);
  const text = missing.length === 0 ? words("finishComplete")
    : missing.length === questions.length ? words("finishNone") : words("finishMissing", { n: missing.length, m: questions.length });
  const result = element("div", { id: "result" });
  const none = missing.length === questions.length;
  const ways = [form.returnTo ? ["mail", openMail] : null, canShare() ? ["share", share] : null, ["download", download]].filter(Boolean);
  const label = ([name]) => words(memory.finished ? `${name}Again` : name);
  const buttons = ways.map((way, place) => element("button", {
    type: "button", class: place ? "second" : "first", disabled: none, onclick: () => finish(way),
  }, label(way)));
  function finish([name, send]) {
    if (needed) { goTo(form.pages.findIndex((page) => page.questions.includes(needed))); return; }
    touch();
    memory.finished = new Date().toISOString();
    save();
    buttons.forEach((button, place) => { button.textContent = label(ways[place]); });
    reveal(name);
    send();
    if (name === "download") status.textContent = words("downloaded", { file: fileName() });
  }
  function reveal(name) {
    const mailed = form.returnTo && name !== "download" && name !== "share";
    const done = mailed
      ? [element("p", {}, element("strong", {}, words(mail().fits ? "mailed" : "mailedLong", { address: form.returnTo }))),
        element("p", {}, words("mailedNot", { address: form.returnTo })), mailText()]
      : [element("p", {}, element("strong", {}, words(name === "share" ? "shared" : "downloaded", { file: fileName() }))),
        said("p", {}, form.handIn || words("handIn"))];
    result.replaceChildren(element("div", { class: "notice done" }, done), element("h2", {}, words("profile")), ...profile());
  }
  if (memory.finished) reveal();
  return [words("finish"), [
    element("p", {}, text),
    lacking.length ? element("ul", { class: "open" }, lacking.map(({ page, number, n }) => element("li", {},
      element("button", { type: "button", class: "plain", onclick: () => goTo(number) }, words("goTo", { title: page.title, n }))))) : null,
    tooFew() ? element("p", { class: "notice caution" }, words("tooFew", { share: Math.round(form.share * 100) })) : null,
    element("p", {}, form.returnTo ? words("finishMail", { address: form.returnTo }) : words("finishWhat")),
    element("p", { class: "actions" },
      element("button", { type: "button", class: "second", onclick: () => goTo(last - 1) }, words("back")), buttons),
    result,
  ]];
}

function ask() {
  const dialog = element("dialog", { "aria-labelledby": "delete-title", "aria-describedby": "delete-what" },
    element("h2", { id: "delete-title" }, words("deleteAsk")),
    element("p", { id: "delete-what" }, words("deleteWhat")),
    element("p", { class: "actions" },
      element("button", { type: "button", class: "second", onclick: () => dialog.close() }, words("cancel")),
      element("button", { type: "button", class: "danger", onclick: () => { forget(); dialog.close("deleted"); } }, words("reallyDelete"))));
  dialog.addEventListener("close", () => {
    const deleted = dialog.returnValue === "deleted";
    dialog.remove();
    if (!deleted) { document.getElementById("delete").focus(); return; }
    goTo(-1);
    status.textContent = words("deleted");
  });
  document.body.append(dialog);
  dialog.showModal();
}

// "Back" and "forward" of the browser; what goTo has shown is not shown again.
window.addEventListener("hashchange", () => {
  if (location.hash !== shown) show();
});

// Another window with the same questionnaire has saved: its answers are the newer ones.
window.addEventListener("storage", (event) => {
  if (event.key !== form.key || event.newValue === null) return;
  try {
    const { page } = memory;
    memory = { ...remembered(event.newValue), page };
    show(false, false); // saving here would make the two windows answer each other for ever
  } catch {
    // What was written there is none of ours.
  }
});

recall();
show(false);
