// The respondent's profile beside the benchmark: numbers in tables, and each row drawn for the eye.

const MINUS = "\u2212";
const WIDE = 10; // points between Say and Do of a dimension for which a step is recommended

function whole(value) {
  if (value === null || value === undefined) return "–";
  const rounded = Math.round(value);
  return rounded < 0 ? `${MINUS}${-rounded}` : String(rounded);
}

function names(scope) {
  return Object.keys(form.measures).filter((name) => name.startsWith(`${scope}/`));
}

function profile() {
  const parts = [...gapParts(), ...indexParts()];
  if (!parts.length) return [element("p", {}, words("profileFew"))];
  return [
    element("p", {}, words("profileWhat"), form.benchmark ? ` ${words("profileBeside")}` : ""),
    ...benchmarkNote(),
    legend(),
    ...parts,
    ...lackingParts(),
    ...pairParts(),
    ...stepParts(),
    element("p", { class: "actions" },
      element("button", { type: "button", class: "second print", onclick: () => window.print() }, words("print"))),
  ];
}

function benchmarkNote() {
  if (!form.benchmark) return [];
  const { n, waves, synthetic } = form.benchmark;
  const wave = waves.join("–");
  const text = wave ? words("benchmarkOf", { n, wave }) : words("benchmarkOfAll", { n });
  return [
    synthetic ? element("p", { class: "notice caution" }, element("strong", {}, words("banner"))) : null,
    element("p", { class: "hint" }, text),
  ];
}

function legend() {
  const dot = (filled) => drawing("svg", { class: "swatch", "aria-hidden": "true", viewBox: "0 0 14 14" },
    drawing("circle", { class: filled ? "do" : "say", cx: 7, cy: 7, r: 5 }));
  const bar = drawing("svg", { class: "swatch", "aria-hidden": "true", viewBox: "0 0 14 14" },
    drawing("rect", { class: "band", x: 0, y: 3, width: 14, height: 8 }));
  const line = drawing("svg", { class: "swatch", "aria-hidden": "true", viewBox: "0 0 14 14" },
    drawing("line", { class: "mean", x1: 7, y1: 0, x2: 7, y2: 14 }));
  const gap = names("dimension").length > 0;
  const compared = form.benchmark !== null;
  return element("ul", { class: "legend" },
    gap ? element("li", {}, dot(false), words("sayIs")) : null,
    gap ? element("li", {}, dot(true), words("doIs")) : null,
    compared ? element("li", {}, line, words("legendMean")) : null,
    compared ? element("li", {}, bar, words("legendBand")) : null);
}

function drawn(value, other, filled, low = 0) {
  const scaled = 100 / (100 - low);
  const at = (score) => `${Math.min(Math.max((score - low) * scaled, 0), 100)}%`;
  const band = other && other.p10 !== undefined && other.p90 !== undefined;
  return drawing("svg", { class: "row", "aria-hidden": "true", focusable: "false" },
    drawing("rect", { class: "track", x: 0, y: "35%", width: "100%", height: "30%" }),
    band ? drawing("rect", { class: "band", x: at(other.p10), y: "20%", width: `${Math.max((other.p90 - other.p10) * scaled, 0.5)}%`, height: "60%" }) : null,
    other && other.mean !== undefined ? drawing("line", { class: "mean", x1: at(other.mean), x2: at(other.mean), y1: 0, y2: "100%" }) : null,
    value === null ? null : drawing("circle", { class: filled ? "do" : "say", cx: at(value), cy: "50%", r: 6 }));
}

function row(label, value, other, picture) {
  const compared = form.benchmark !== null;
  const number = (score) => element("td", { class: "right" }, whole(score));
  return element("tr", {},
    element("th", { scope: "row" }, label),
    element("td", { class: "picture" }, picture),
    number(value),
    compared ? number(other && other.mean) : null,
    compared ? number(other && other.top) : null);
}

function table(caption, rows, labelled) {
  const compared = form.benchmark !== null;
  const head = (key) => element("th", { scope: "col", class: "right" }, words(key));
  return element("table", { class: labelled ? "profile named" : "profile" },
    said("caption", { class: "unseen" }, caption),
    element("thead", {}, element("tr", {},
      element("th", { scope: "col", class: "names" }, element("span", { class: "unseen" }, words(labelled ? "score" : "facet"))),
      element("td", {}), head("you"), compared ? head("all") : null, compared ? head("top") : null)),
    element("tbody", {}, rows));
}

function points(n) {
  return Number(n) === 1 ? words("onePoint") : words("points", { n });
}

function gapSentence(gap) {
  const n = Math.abs(Math.round(gap));
  if (n === 0) return words("close");
  return words(gap > 0 ? "gapAhead" : "gapBehind", { points: points(n) });
}

// The difference of two numbers as they are printed.
function printedGap(say, done) {
  return say == null || done == null ? null : Math.round(say) - Math.round(done);
}

function gapBeside(name) {
  const [say, done] = [beside(name, "say"), beside(name, "do")];
  return say && done ? { mean: printedGap(say.mean, done.mean), top: printedGap(say.top, done.top) } : null;
}

function gapParts() {
  return [...names("overall"), ...names("dimension")].flatMap((name) => {
    const own = gapScores(name);
    if (own.say === null && own.do === null) return [];
    const title = name.startsWith("overall/") ? words("overall") : form.titles[name].title;
    const rows = ["say", "do"].map((facet) =>
      row(words(`${facet}Label`), own[facet], beside(name, facet), drawn(own[facet], beside(name, facet), facet === "do")));
    const gap = printedGap(own.say, own.do);
    rows.push(row(words("gapLabel"), gap, gapBeside(name), null));
    return [
      said("h3", {}, title),
      gap === null ? null : element("p", { class: "finding" }, `${words("view")}: ${gapSentence(gap)}.`),
      table(title, rows, false),
    ];
  }).filter((part) => part !== null);
}

// Dimensions and indices without a score are named, so that nobody takes them for answered.
function lackingParts() {
  const lacking = [
    ...names("dimension").filter((name) => gapScores(name).gap === null),
    ...names("index").filter((name) => indexScore(name) === null),
  ].map((name) => form.titles[name].title);
  if (!lacking.length) return [];
  const share = Math.round(form.share * 100);
  return [element("p", { class: "notice" }, words("lacking", { share }), " ", said("span", {}, `${lacking.join(", ")}.`))];
}

function indexParts() {
  const rows = names("index").flatMap((name) => {
    const own = indexScore(name);
    const other = beside(name, "all");
    return own === null ? [] : [row(form.titles[name].title, own, other, drawn(own, other, true, form.measures[name].formula === "nps" ? -100 : 0))];
  });
  return rows.length ? [element("h3", {}, words("measureIndices")), table(words("measureIndices"), rows, true)] : [];
}

function pairParts() {
  // A gap between reverse-keyed statements cannot be said in a line.
  const plain = (name) => ["say", "do"].every((facet) => !form.measures[name][facet][0].reverse);
  const widest = names("pair").filter(plain).map((name) => ({ name, gap: gapScores(name).gap }))
    .filter(({ gap }) => gap !== null && gap > 0)
    .sort((one, other) => other.gap - one.gap)
    .slice(0, 3);
  if (!widest.length) return [];
  return [
    element("h3", {}, words("pairsTitle")),
    element("ol", {}, widest.map(({ name, gap }) => {
      const { say, do: done } = form.titles[name];
      const other = beside(name, "gap");
      const compared = other ? ` (${words("pairsBenchmark", { n: whole(other.mean) })})` : "";
      return said("li", {}, `${words("pairsLine", { say, do: done, points: points(Math.round(gap)) })}${compared}`);
    })),
  ];
}

// One step for each dimension with a wide gap: for the practice in it that scores lowest, none twice.
function stepParts() {
  if (!Object.keys(form.steps).length) return [];
  const used = new Set();
  const wide = names("dimension").map((name) => ({ name, gap: gapScores(name) }))
    .filter(({ gap }) => gap.gap !== null && printedGap(gap.say, gap.do) >= WIDE)
    .sort((one, other) => other.gap.gap - one.gap.gap);
  const steps = wide.flatMap(({ name, gap }) => {
    const items = form.measures[name].do.filter((item) => valid(item.id)).sort((one, other) => outOf100(one) - outOf100(other));
    const step = items.flatMap((item) => form.steps[item.id] || []).find((sentence) => !used.has(sentence));
    used.add(step);
    return step ? [{ title: form.titles[name].title, gap: printedGap(gap.say, gap.do), step }] : [];
  });
  return [
    element("h3", {}, words("stepsTitle")),
    element("p", { class: "hint" }, words(steps.length ? "stepsWhat" : "stepsNone", { n: WIDE })),
    steps.length ? element("ul", { class: "steps" }, steps.map(({ title, gap, step }) =>
      element("li", {}, said("strong", {}, title), ` (${points(gap)}): `, said("span", {}, step)))) : null,
  ].filter(Boolean);
}
