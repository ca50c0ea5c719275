/* Keys on pages: what has a data-key is pressed by it, j and k go through what has a data-stop. Can be switched off. */
"use strict";

const KEYS = "keys";
const keysAreOn = () => localStorage.getItem(KEYS) !== "off";

function step(by) {
  const stops = [...document.querySelectorAll("[data-stop]")];
  const next = stops[stops.indexOf(document.activeElement) + by] || (by > 0 ? stops[0] : stops[stops.length - 1]);
  if (next) next.focus();
}

document.addEventListener("keydown", (event) => {
  if (!keysAreOn() || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.target.closest("input:not([type=checkbox]), select, textarea")) return;
  if (event.key === "j" || event.key === "k") { step(event.key === "j" ? 1 : -1); event.preventDefault(); return; }
  const found = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!found) return;
  event.preventDefault();
  if (found.tagName === "DETAILS") {
    found.open = !found.open;
    const first = found.open && found.querySelector("input:not([type=hidden]), textarea, select, button");
    (first || found.querySelector("summary")).focus();
  } else if (found.matches("input, select, textarea")) found.focus();
  else found.click();
});

document.querySelectorAll("[data-keys-switch]").forEach((each) => {
  each.checked = keysAreOn();
  each.addEventListener("change", () => localStorage.setItem(KEYS, each.checked ? "on" : "off"));
});
