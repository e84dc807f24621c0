// Parts of the page follow what is recorded; commands can be copied. Without it a reload shows all.
"use strict";

(() => {
  const root = document.querySelector("[data-live]");
  if (!root) return;

  const heard = document.createElement("p");
  heard.className = "heard";
  heard.setAttribute("role", "status");
  root.before(heard);

  function say(words) {
    heard.className = words === root.dataset.off ? "trouble" : "heard";
    heard.textContent = "";
    setTimeout(() => { heard.textContent = words; }, 50);  // said again if it is the same again
  }

  async function copy(button) {
    const code = document.getElementById(button.getAttribute("aria-describedby"));
    let words = root.dataset.copied;
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      const label = button.textContent;
      button.textContent = words;
      setTimeout(() => { button.textContent = label; }, 1500);
    } catch {
      getSelection().selectAllChildren(code);
      words = root.dataset.selected;
    }
    say(words);
  }

  function dress(part) {
    for (const button of part.querySelectorAll("button.copy")) button.hidden = false;
    if (window.drawPlots) window.drawPlots(part);
  }

  root.addEventListener("click", (event) => {
    const button = event.target.closest("button.copy");
    if (button) copy(button);
  });
  addEventListener("DOMContentLoaded", () => dress(root));

  // What has the focus is found again by what it does.
  const known = (one) => [one.tagName, one.id, one.getAttribute("href"), one.dataset.copy].join(" ");

  function place(part, digest, html) {
    if (part.dataset.part === digest) return;
    const focused = part.contains(document.activeElement) ? known(document.activeElement) : null;
    const open = [...part.querySelectorAll("details[open]")].map((one) => one.id);
    const made = new DOMParser().parseFromString(html, "text/html");
    part.replaceChildren(...made.body.childNodes);
    part.dataset.part = digest;
    for (const one of part.querySelectorAll("details")) one.open = open.includes(one.id);
    dress(part);
    if (focused === null) return;
    const again = [...part.querySelectorAll("a, button, summary")].find((e) => known(e) === focused);
    if (again) again.focus({ preventScroll: true });
  }

  // Text that is being marked is not taken away: the part waits.
  const waiting = new Map();

  function settle() {
    const selection = getSelection();
    for (const [name, [digest, html]] of waiting) {
      const part = document.getElementById(`part-${name}`);
      if (part && !selection.isCollapsed && selection.containsNode(part, true)) continue;
      waiting.delete(name);
      if (part) place(part, digest, html);
    }
  }
  document.addEventListener("selectionchange", settle);

  if (!root.dataset.live || !window.EventSource || !location.protocol.startsWith("http")) return;
  const address = new URL(root.dataset.live, location.href);
  let source = null;

  // A page out of sight lets go of its stream: a browser has but six connections to a host.
  function follow() {
    if (document.hidden) {
      if (source) source.close();
      source = null;
    } else if (!source) {
      source = new EventSource(address);
      source.onopen = () => { if (heard.textContent === root.dataset.off) say(""); };
      source.onerror = () => { if (heard.textContent !== root.dataset.off) say(root.dataset.off); };
      source.onmessage = (event) => {
        address.searchParams.set("since", event.lastEventId);
        for (const [name, part] of Object.entries(JSON.parse(event.data))) waiting.set(name, part);
        settle();
      };
    }
  }
  document.addEventListener("visibilitychange", follow);
  addEventListener("pagehide", () => { if (source) source.close(); source = null; });
  addEventListener("pageshow", follow);
})();
