/* What the pages of the fax centre do beyond htmx: they follow what happens, and fill in what was chosen. */
"use strict";

const followed = new Map();

/* What the server tells makes each part of the page that it concerns ask for itself anew. */
function heard(part, message) {
  part.since = message.lastEventId || part.since;
  const told = JSON.parse(message.data);
  const name = told.received ? "received" : "fax";
  const id = told.received || told.fax;
  const concerned = document.querySelectorAll(`[data-${name}="${Number(id)}"]`);
  concerned.forEach((each) => htmx.trigger(each, "news"));
  if (concerned.length) return;
  document.querySelectorAll(`.fresh[data-of="${name}"]`).forEach((each) => { each.hidden = false; });
}

function follow(address, part) {
  const source = new EventSource(`${address}?from=${part.since}`);
  for (const kind of ["fax", "recipient", "progress", "received"]) {
    source.addEventListener(kind, (message) => heard(part, message));
  }
  part.source = source;
}

/* A browser has few connections to one server: pages that nobody sees give theirs back. */
function attend() {
  const wanted = new Map();
  if (!document.hidden) {
    document.querySelectorAll("[data-follow]").forEach((each) => wanted.set(each.dataset.follow, each.dataset.since));
  }
  followed.forEach((part, address) => {
    if (part.source && !wanted.has(address)) { part.source.close(); part.source = null; }
  });
  wanted.forEach((since, address) => {
    if (!followed.has(address)) followed.set(address, { since, source: null });
    const part = followed.get(address);
    if (!part.source) follow(address, part);
  });
}

document.addEventListener("visibilitychange", attend);
document.addEventListener("htmx:load", attend);
attend();

/* One more field, like the last one in its place: asked for by a button that is of no use without this script. */
document.querySelectorAll("[data-more]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => {
    const place = document.getElementById(button.dataset.more);
    const added = place.lastElementChild.cloneNode(true);
    const field = added.querySelector("input");
    field.value = "";
    place.append(added);
    htmx.process(added);
    field.focus();
  });
});

/* What was chosen or dropped is named, since a browser only counts it. */
document.querySelectorAll('input[type="file"][multiple]').forEach((field) => {
  const chosen = field.closest("form").querySelector(".chosen");
  field.addEventListener("change", () => {
    chosen.replaceChildren(...Array.from(field.files, (file) => {
      const line = document.createElement("li");
      line.textContent = file.name;
      return line;
    }));
  });
  const place = field.closest(".drop");
  for (const [kind, over] of [["dragover", true], ["dragleave", false], ["drop", false]]) {
    place.addEventListener(kind, (event) => {
      event.preventDefault();
      place.classList.toggle("over", over);
      if (kind === "drop" && event.dataTransfer.files.length) {
        field.files = event.dataTransfer.files;
        field.dispatchEvent(new Event("change"));
      }
    });
  }
});
