// Keeps what is typed on a form, and its photo, in the browser's own store until it has been sent; sends it once the network is back.
"use strict";

const KEPT = 14 * 24 * 60 * 60 * 1000;
const AGAIN = 5000;
const LATER = 300;

const opened = new Promise((resolve, reject) => {
  const asked = indexedDB.open("jejak", 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore("drafts", { keyPath: "whose" });
  asked.onsuccess = () => resolve(asked.result);
  asked.onerror = () => reject(asked.error);
});

async function drafts(deed) {
  const store = (await opened).transaction("drafts", "readwrite").objectStore("drafts");
  return new Promise((resolve, reject) => {
    const asked = deed(store);
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

// The fields that are kept: not the key of the session, which another session has anew.
const fields = (form) => [...form.elements].filter((each) => each.name && each.name !== "csrf" && each.type !== "file");
const checks = (field) => field.type === "checkbox";
const say = (form, name) => { document.getElementById("draft").textContent = form.dataset[name]; };

function keep(form) {
  const values = fields(form).map((field) => [field.name, checks(field) ? field.checked : field.value]);
  const photo = form.elements.photo.files[0] ?? null;
  return drafts((store) => store.put({ whose: form.dataset.draft, values, photo, at: Date.now() }));
}

// What somebody else has left here, or was left too long, goes; what was typed before is there again, unless the page has it already.
async function restore(form) {
  let mine = null;
  for (const draft of await drafts((store) => store.getAll())) {
    if (draft.whose !== form.dataset.draft || draft.at < Date.now() - KEPT) await drafts((store) => store.delete(draft.whose));
    else mine = draft;
  }
  if (!mine) return;
  const values = new Map(mine.values);
  if ("filled" in form.dataset) {
    if (values.get("once") !== form.elements.once.value) return;
  } else {
    for (const field of fields(form)) {
      if (!values.has(field.name)) continue;
      if (checks(field)) field.checked = values.get(field.name);
      else field.value = values.get(field.name);
    }
  }
  if (mine.photo) {
    const carried = new DataTransfer();
    carried.items.add(mine.photo);
    form.elements.photo.files = carried.files;
  }
  say(form, "restored");
}

async function send(form) {
  say(form, "sending");
  let answer, page;
  try {
    answer = await fetch(form.action, { method: "POST", body: new FormData(form) });
    page = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    say(form, "waiting");
    await new Promise((resolve) => {
      addEventListener("online", resolve, { once: true });
      setTimeout(resolve, AGAIN);
    });
    return send(form);
  }
  const next = page.querySelector("form[data-draft]");
  if (answer.ok || (answer.status === 422 && !next)) await drafts((store) => store.delete(form.dataset.draft)).catch(() => {});
  if (answer.ok) return location.assign(answer.url);
  document.querySelector("main").replaceWith(page.querySelector("main"));
  document.querySelector("#faults")?.focus();
  if (next) watch(document.querySelector("form[data-draft]"));
}

function watch(form) {
  let later;
  let sent = false;
  const kept = () => keep(form).then(() => say(form, "kept")).catch(() => {});
  form.addEventListener("input", () => { clearTimeout(later); later = setTimeout(kept, LATER); });
  form.addEventListener("change", kept);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (sent) return;
    sent = true;
    clearTimeout(later);
    await keep(form).catch(() => {});
    await send(form);
  });
}

const form = document.querySelector("form[data-draft]");
watch(form);
restore(form).catch(() => {});
