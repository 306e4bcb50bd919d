// Scores of one respondent, as cfanalysis.scoring.means and cfanalysis.scoring.say_do_gap make them of an organization's means.

function keyed(item) {
  const value = Number(answerTo(item.id));
  return item.reverse ? item.min + item.max - value : value;
}

function mean(values) {
  return values.length ? values.reduce((sum, value) => sum + value, 0) / values.length : null;
}

// The items that were answered, where they are the share that the instrument demands; else none.
function usable(items) {
  const found = items.filter((item) => valid(item.id));
  return found.length > 0 && found.length / items.length >= form.share ? found : [];
}

function outOf100(item) {
  return (100 * (keyed(item) - item.min)) / (item.max - item.min);
}

function facetScore(items) {
  return mean(usable(items).map(outOf100));
}

function gapScores(name) {
  const { say, do: done } = form.measures[name];
  const scores = { say: facetScore(say), do: facetScore(done) };
  const gap = scores.say === null || scores.do === null ? null : scores.say - scores.do;
  return { ...scores, gap };
}

function indexScore(name) {
  const { formula, items, positive } = form.measures[name];
  const found = usable(items);
  if (formula === "percent_positive") return mean(found.map((item) => (keyed(item) >= positive ? 100 : 0)));
  if (formula === "top2box") return mean(found.map((item) => (keyed(item) >= item.max - 1 ? 100 : 0)));
  if (formula === "nps") return mean(found.map((item) => (keyed(item) >= 9 ? 100 : keyed(item) <= 6 ? -100 : 0)));
  if (formula === "ukcsi") return found.length ? 10 * mean(found.map(keyed)) : null;
  return mean(found.map(outOf100));
}

function beside(name, facet) {
  return (form.benchmark && form.benchmark.measures[`${name}/${facet}`]) || null;
}
