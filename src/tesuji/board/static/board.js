// j next sample, k previous, n next failure, / filter. Everything is a link or a form without it.
"use strict";

function step(by, kind) {
  const all = [...document.querySelectorAll("a.row")];
  const at = all.indexOf(document.activeElement);
  const ahead = by > 0 ? all.slice(at + 1) : all.slice(0, Math.max(at, 0)).reverse();
  const next = ahead.find((row) => row.matches(kind));
  if (next) next.focus();
  return Boolean(next) || (by < 0 && at < 0 && all.length > 0);  // past the last: to the next page
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest("select, textarea, input:not([type=checkbox])")) return;
  if (!["j", "k", "n", "/"].includes(event.key)) return;
  if (event.key === "j" && step(1, "a")) return;
  if (event.key === "k" && step(-1, "a")) return;
  if (event.key === "n" && step(1, "[data-failed]")) return;
  const wanted = document.querySelector(`[data-key="${event.key}"]`);
  if (!wanted) return;
  event.preventDefault();
  if (wanted.matches("input")) wanted.focus();
  else wanted.click();
});
