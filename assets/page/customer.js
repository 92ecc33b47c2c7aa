// The customer's screen: the till says `changed`, the screen looks. One look at a time, and none is forgotten.
"use strict";

// While the till is silent it is asked this often.
const RETRY_MS = 2000;
const state = { looking: false, stale: false };

async function look() {
  state.stale = state.looking;
  if (state.looking) return;
  state.looking = true;
  try {
    const answer = await fetch("/customer/view", { cache: "no-store", signal: AbortSignal.timeout(RETRY_MS) });
    if (!answer.ok) throw new Error(String(answer.status));
    document.getElementById("customer").outerHTML = await answer.text();
    const lines = document.querySelector(".customer-lines");
    if (lines) lines.scrollTop = lines.scrollHeight;
  } catch {
    // What stands there may be old: better nothing than a wrong price.
    document.getElementById("customer").replaceChildren();
    setTimeout(look, RETRY_MS);
  }
  state.looking = false;
  if (state.stale) look();
}

const events = new EventSource("/counter/events");
events.addEventListener("changed", look);
events.addEventListener("open", look);
events.addEventListener("error", look);
window.addEventListener("pagehide", () => events.close());
window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
