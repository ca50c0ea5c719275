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
  if (!concerned.length) document.querySelectorAll(`.fresh[data-of="${name}"]`).forEach((each) => { each.hidden = false; });
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
