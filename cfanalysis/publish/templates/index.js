"use strict";
const form = document.querySelector("form"), field = document.getElementById("search");
const rows = [...document.querySelectorAll("tbody tr")], found = document.getElementById("found");
const words = rows.map(row => row.textContent.toLocaleLowerCase());
form.hidden = false;
form.addEventListener("submit", event => event.preventDefault());
field.addEventListener("input", () => {
  const wanted = field.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  rows.forEach((row, i) => { row.hidden = !wanted.every(w => words[i].includes(w)); count += !row.hidden; });
  found.textContent = wanted.length ? found.dataset.shown.replace("{count}", count).replace("{all}", rows.length) : "";
});
