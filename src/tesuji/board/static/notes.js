// Notes: kept without leaving the page, 1 to 9 give and take tags. Without it, a form as any other.
"use strict";

const form = document.querySelector("form[data-note]");
let held = false;  // somebody wrote meanwhile: only an explicit "Save" replaces that

function say(words) {
  form.querySelector("[role=status]").textContent = words;
}

function offer(tag) {
  const box = document.createElement("input");
  Object.assign(box, { type: "checkbox", name: "tag", value: tag, checked: true });
  const label = document.createElement("label");
  label.className = "tag";
  label.append(box, ` ${tag}`);
  form.querySelector(".tags").append(label, " ");
}

function keep(kept) {
  form.elements.written.value = kept.written;
  const boxes = [...form.querySelectorAll("input[name=tag]")];
  kept.tags.filter((tag) => !boxes.some((box) => box.value === tag)).forEach(offer);
}

function contents() {
  const sent = new URLSearchParams(new FormData(form));
  sent.delete("written");
  return sent.toString();
}

async function save() {
  const fresh = form.elements.new.value;
  const body = new URLSearchParams(new FormData(form));
  const options = { method: "POST", body, headers: { accept: "application/json" } };
  options.keepalive = body.toString().length < 60000;  // so that going on to the next keeps it
  try {
    const answer = await fetch(form.getAttribute("action"), options);
    const isJson = (answer.headers.get("content-type") || "").includes("json");
    const said = isJson ? await answer.json() : { said: await answer.text() };
    if (answer.ok) {
      keep(said);
      if (form.elements.new.value === fresh) form.elements.new.value = "";
    }
    held = answer.status === 409;
    if (held) form.elements.written.value = said.written;
    const theirs = held ? [...said.tags, said.text].filter(Boolean) : [];
    say([said.said, ...theirs].join(" · "));
  } catch {
    say(form.dataset.lost);
  }
}

if (form) {
  form.querySelector("[data-keys]").hidden = false;
  let last = Promise.resolve();
  let sending = null;  // a click on "Save" is also a change of the text that was left for it
  const then = () => {
    const now = contents();
    if (now === sending) return;
    sending = now;
    last = last.then(save).then(() => { if (sending === now) sending = null; });
  };
  form.addEventListener("submit", (event) => { event.preventDefault(); then(); });
  form.addEventListener("change", () => { if (!held) then(); });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Escape" && form.contains(event.target)) event.target.blur();
    if (event.target.closest("textarea, select, input:not([type=checkbox])")) return;
    if (event.key === "m") {
      event.preventDefault();
      form.elements.text.focus();
    }
    const box = /^[1-9]$/.test(event.key) && form.querySelector(`[data-tag-key="${event.key}"]`);
    if (box) box.click();
  });
}
