// j next sample, k previous, n next failure, / filter. Everything is a link or a form without it.
"use strict";

function step(by) {
  const rows = [...document.querySelectorAll("a.row")];
  if (!rows.length) return false;
  const at = rows.indexOf(document.activeElement);
  const next = at < 0 ? (by > 0 ? 0 : rows.length - 1) : at + by;
  if (rows[next]) rows[next].focus();
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest("input, select, textarea")) return;
  if (!["j", "k", "n", "/"].includes(event.key)) return;
  if (event.key === "j" && step(1)) return;
  if (event.key === "k" && step(-1)) return;
  const wanted = document.querySelector(`[data-key="${event.key}"]`);
  if (!wanted) return;
  event.preventDefault();
  if (wanted.matches("input")) wanted.focus();
  else wanted.click();
});
