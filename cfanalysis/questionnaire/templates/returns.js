// The way back: a file, a mail with the answers as text, or what the device shares with.

const LONGEST_LINK = 2000; // characters of a mailto link that every system takes
const LINE = 60; // characters of a line of the mail, so that mail programs do not wrap it

function download() {
  const address = URL.createObjectURL(new Blob([answersFile()], { type: "text/csv;charset=utf-8" }));
  const link = element("a", { href: address, download: fileName(), hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 60000);
}

// name:value; for each answer, then a check. Line breaks mean nothing; what divides is written \hh in a value.
// cfanalysis.intake.returned_text reads it.
function answersText() {
  const escaped = (text) => text.replace(/[\\;<>|\n]/g, (sign) => `\\${sign.charCodeAt(0).toString(16).padStart(2, "0")}`);
  const tokens = [["Answers", form.id], ...answersRow()].filter(([, text]) => text !== "")
    .map(([name, text]) => `${name}:${escaped(text)};`);
  const lines = [""];
  for (const token of tokens) {
    if (lines[lines.length - 1].length + token.length > LINE) lines.push("");
    lines[lines.length - 1] += token;
  }
  const text = lines.filter(Boolean).join("\n");
  return `${text}\nCheck:${checkSum(text)};`;
}

// CRC-32 of letters and digits alone: mail programs change spaces, line breaks, quotes and dashes.
function checkSum(text) {
  const letters = text.normalize("NFC").replace(/[^A-Za-z0-9\u00c0-\u1fff\u2070-\u2fff\u3001-\ufdff\ufe10-\ufefe\uff00-\u{10ffff}]/gu, "");
  let sum = -1;
  for (const byte of new TextEncoder().encode(letters)) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (0xedb88320 & -(sum & 1));
  }
  return (~sum >>> 0).toString(16).padStart(8, "0");
}

function mailLink(body) {
  const encoded = (text) => encodeURIComponent(text.replace(/\n/g, "\r\n")).replace(/%3A/g, ":").replace(/%3B/g, ";");
  const address = encodeURIComponent(form.returnTo).replace(/%40/g, "@");
  return `mailto:${address}?subject=${encoded(words("mailSubject", { title: form.title }))}&body=${encoded(body)}`;
}

// The link to a mail; where the answers are too long for one, they are to be pasted into it.
function mail() {
  const whole = mailLink(`${words("mailIntro")}\n\n${answersText()}\n`);
  const fits = whole.length <= LONGEST_LINK;
  return { fits, link: fits ? whole : mailLink(`${words("mailPaste")}\n\n`) };
}

function openMail() {
  const { fits, link } = mail();
  if (!fits) copy(answersText());
  const opener = element("a", { href: link, hidden: true });
  document.body.append(opener);
  opener.click();
  opener.remove();
}

function copy(text) {
  const done = () => { status.textContent = words("copied"); };
  if (navigator.clipboard) { navigator.clipboard.writeText(text).then(done, () => copyByHand(done)); return; }
  copyByHand(done);
}

// Older browsers copy what is selected.
function copyByHand(done) {
  const field = document.getElementById("mail-text");
  if (!field) return;
  field.closest("details").open = true;
  field.select();
  if (document.execCommand("copy")) done();
}

function mailText() {
  return element("details", {},
    element("summary", {}, words("mailShow")),
    element("label", { class: "unseen", for: "mail-text" }, words("mailShow")),
    Object.assign(element("textarea", { id: "mail-text", rows: 8, readonly: true, spellcheck: "false" }), { value: answersText() }),
    element("p", {}, element("button", { type: "button", class: "second", onclick: () => copy(answersText()) }, words("copy"))));
}

// Phones and tablets hand a file to the program that is chosen; old browsers cannot.
function canShare() {
  return typeof navigator.share === "function" && navigator.maxTouchPoints > 0;
}

function share() {
  const file = new File([answersFile()], fileName(), { type: "text/csv" });
  const files = navigator.canShare && navigator.canShare({ files: [file] });
  const what = files ? { files: [file] } : { text: answersText() };
  navigator.share({ title: words("mailSubject", { title: form.title }), ...what })
    .catch((error) => { if (error.name !== "AbortError") download(); });
}
