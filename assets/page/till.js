// What the page does beyond HTML: the scanner that types, keys, focus, live state, and saying when the till is silent.
// The page works without it. No framework, no eval; htmx does the requests.
"use strict";

// A keyboard wedge types a code of at least this many characters, with at most this many milliseconds between two keys.
const SCAN_LENGTH_MIN = 6;
const SCAN_GAP_MAX_MS = 30;
// After the prefix that a scanner is set to send, its next key comes within so many milliseconds.
const PREFIX_GAP_MAX_MS = 300;
// While the till is silent it is asked this often.
const RETRY_MS = 2000;
// Scans that may wait for the answer before; more means that nobody looks at the screen.
const SCANS_WAITING_MAX = 20;

const FIELD = "input:not([type=hidden], [type=radio], [type=checkbox]), select, textarea";
const state = { busy: false, refreshing: false, silent: false, stale: false, scans: [], lastField: null, justFocused: null };

const main = () => document.getElementById("main");
const dialog = () => document.querySelector("[role=dialog]");
const entry = () => document.getElementById("entry");
const scanForm = () => document.getElementById("scan");

// ---- Focus: the entry field has it, unless a panel or a question asks for something.

function focusWhereItBelongs() {
  const place = dialog() || main();
  const field = place.querySelector("[data-focus]") || place.querySelector("[autofocus]:not(:disabled)")
    || (dialog() ? place.querySelector(`${FIELD}, button`) : entry());
  if (field) field.focus({ preventScroll: true });
}

document.addEventListener("focusin", (event) => {
  if (!event.target.matches(FIELD)) return;
  state.lastField = event.target;
  // An amount that stands there is a proposal: the first digit replaces it.
  if (event.target.matches(".money")) { event.target.select(); state.justFocused = event.target; }
});

// The touch that gave the focus would set the caret.
document.addEventListener("click", (event) => {
  if (event.target === state.justFocused) event.target.select();
  state.justFocused = null;
});

// A touch beside everything leaves no field without focus.
document.addEventListener("click", (event) => {
  if (!event.target.closest("a, button, label, [tabindex]") && !event.target.matches(FIELD)) focusWhereItBelongs();
});

// ---- The number pad writes into the field that was used last.

function padField(pad) {
  const form = pad.closest("form") || pad.parentElement;
  const last = state.lastField;
  if (last && last.isConnected && (form.contains(last) || !form.querySelector(FIELD))) return last;
  return form.querySelector("[data-focus], [autofocus]") || form.querySelector(FIELD) || entry();
}

// A press on the pad leaves the focus, and what is selected, in the field.
document.addEventListener("mousedown", (event) => {
  if (event.target.closest("[data-pad]")) event.preventDefault();
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-pad]");
  if (!button) return;
  const field = padField(button.parentElement);
  const key = button.dataset.pad;
  if (!field || field.disabled) return;
  field.focus({ preventScroll: true });
  if (key === "Enter") { nextOrSubmit(field); return; }
  const [start, end] = [field.selectionStart, field.selectionEnd];
  if (key === "Clear") field.value = "";
  else if (key === "Backspace") field.setRangeText("", start === end ? Math.max(0, start - 1) : start, end, "end");
  else if (start !== end || field.maxLength < 0 || field.value.length < field.maxLength) field.setRangeText(key, start, end, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
});

// Enter goes to the next required field that is still empty, and submits from the last.
function nextOrSubmit(field) {
  const fields = field.form ? [...field.form.querySelectorAll(FIELD)].filter((one) => !one.disabled) : [];
  const next = fields[fields.indexOf(field) + 1];
  const counts = field.closest("[data-count]");
  if (next && ((next.required && !next.value) || (counts && next.name.startsWith("count_")))) next.focus();
  else if (field.form) pressSubmit(field.form);
}

// A press, not a submit: so the button's name and value go along.
function pressSubmit(form) {
  const button = form.querySelector("button:not([type=button]):not(:disabled)");
  if (button) button.click(); else form.requestSubmit();
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.defaultPrevented || !event.target.matches("input") || !event.target.form) return;
  if (event.target.id === "entry") return;
  event.preventDefault();
  nextOrSubmit(event.target);
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-fill]");
  if (button) document.getElementById(button.dataset.fill).value = button.dataset.value;
});

// ---- An empty field is said in the page's language, not the browser's; an empty entry is nothing to say.

document.addEventListener("invalid", (event) => {
  if (event.target.validity.valueMissing) event.target.setCustomValidity(document.body.dataset.needed);
}, true);

document.addEventListener("input", (event) => event.target.setCustomValidity && event.target.setCustomValidity(""));

document.addEventListener("submit", (event) => {
  if (event.target.id !== "scan" || event.target.elements.entry.value.trim()) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);

// ---- The count adds up as it is typed; it compares with nothing.

document.addEventListener("input", (event) => {
  const table = event.target.closest("[data-count]");
  if (!table) return;
  const digits = Number(table.dataset.digits);
  const minor = [...table.querySelectorAll("[data-worth]")]
    .reduce((sum, field) => sum + (parseInt(field.value, 10) || 0) * Number(field.dataset.worth), 0);
  const text = (minor / 10 ** digits).toFixed(digits).replace(".", main().dataset.mark);
  table.parentElement.querySelector("[data-counted]").textContent = text;
});

// ---- A scanner that types: told by its timing, and by the prefix that it is set to send, wherever the focus is.

const burst = { text: "", at: 0, field: null, before: "", prefixed: false };

document.addEventListener("keydown", (event) => {
  const group = event.ctrlKey && event.key === "]" ? "\u001d" : ""; // FNC1 of a GS1 code
  if (document.body.dataset.prefix === event.key || isPrefixed(event)) { afterPrefix(event, group); return; }
  if (event.key === "Enter") { endOfBurst(event); return; }
  if (!group && (event.key.length !== 1 || event.ctrlKey || event.altKey || event.metaKey)) return;
  if (event.timeStamp - burst.at > SCAN_GAP_MAX_MS || !burst.text) {
    const field = document.activeElement;
    Object.assign(burst, { text: "", field: field && field.matches(FIELD) ? field : null, before: field && field.value });
    // A person who types beside every field means the entry field.
    if (!burst.field && event.key !== " " && entry() && !dialog()) { entry().focus(); burst.field = entry(); burst.before = entry().value; }
  }
  burst.text += group || event.key;
  burst.at = event.timeStamp;
  if (group) event.preventDefault();
}, true);

// What follows the prefix is a code, however short and slow, and stands in no field.
function afterPrefix(event, group) {
  if (event.key === "Enter") { endOfBurst(event); return; }
  if (document.body.dataset.prefix === event.key && !isPrefixed(event)) Object.assign(burst, { text: "", field: null, prefixed: true });
  else if (group || event.key.length === 1) burst.text += group || event.key;
  burst.at = event.timeStamp;
  event.preventDefault();
}

const isPrefixed = (event) => {
  burst.prefixed = burst.prefixed && event.timeStamp - burst.at <= PREFIX_GAP_MAX_MS;
  return burst.prefixed;
};

function endOfBurst(event) {
  const paced = burst.text.length >= SCAN_LENGTH_MIN && event.timeStamp - burst.at <= SCAN_GAP_MAX_MS;
  const isScan = burst.prefixed ? burst.text.length > 0 : paced;
  burst.prefixed = false;
  const code = burst.text;
  burst.text = "";
  if (!isScan) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (burst.field && burst.field.isConnected) burst.field.value = burst.before; // what stood there before the scan
  if (scanForm()) scan(code); else tell(document.body.dataset.noScan);
}

// Where nothing is sold, a scan changes nothing, and says so.
function tell(text) {
  const notice = Object.assign(document.createElement("p"), { className: "notice refused", textContent: text });
  const notices = document.getElementById("notices") || Object.assign(document.createElement("div"), { id: "notices", className: "notices" });
  notices.replaceChildren(notice);
  main().querySelector(".work").prepend(notices);
  say();
}

function scan(code) {
  if (state.scans.length < SCANS_WAITING_MAX) state.scans.push(code);
  nextScan();
}

function nextScan() {
  const form = scanForm();
  // What is asked is answered first; the scan waits.
  if (state.busy || state.silent || dialog() || !form || !state.scans.length) return;
  form.elements.by.value = "scanner";
  form.elements.entry.value = state.scans.shift();
  form.requestSubmit();
}

// ---- Keys: F1 to F10, Escape and the arrows press what shows them.

document.addEventListener("keydown", (event) => {
  if (/^F([1-4]|[6-9]|10)$/.test(event.key) && !event.ctrlKey && !event.altKey) {
    event.preventDefault();
  } else if (event.key !== "Escape") {
    if ((event.key === "ArrowUp" || event.key === "ArrowDown") && !dialog()) moveSelection(event);
    return;
  }
  const target = (dialog() || main()).querySelector(`[data-key="${event.key}"]`);
  if (target && !state.busy) target.click();
  else if (event.key === "Escape" && entry() && !dialog()) { entry().value = ""; entry().focus(); }
});

function moveSelection(event) {
  const focused = document.activeElement;
  if (focused && focused.matches(FIELD) && focused.id !== "entry") return;
  if (focused === entry() && entry() && entry().value) return;
  const lines = [...document.querySelectorAll("#lines a")];
  const at = lines.findIndex((line) => line === focused || (focused === entry() && line.getAttribute("aria-current")));
  const to = event.key === "ArrowUp" ? (at < 0 ? lines.length - 1 : at - 1) : at + 1;
  if (!lines.length || (at < 0 && event.key === "ArrowDown")) return;
  event.preventDefault();
  (lines[to] || entry()).focus();
}

// ---- One act at a time: what was sent is locked until the answer.

document.addEventListener("submit", (event) => {
  if (!state.busy && !state.silent) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);

document.addEventListener("click", (event) => {
  if (!state.busy || !event.target.closest("a[href]")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);

const isRefresh = (detail) => Boolean(detail.requestConfig && detail.requestConfig.headers["X-Refresh"]);

document.addEventListener("htmx:beforeRequest", (event) => {
  if (isRefresh(event.detail)) return;
  state.busy = true;
  main().classList.add("busy");
  main().setAttribute("aria-busy", "true");
  main().querySelectorAll("form button").forEach((button) => { button.disabled = true; });
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  const isPage = (xhr.getResponseHeader("Content-Type") || "").startsWith("text/html") && xhr.responseText.includes('id="main"');
  if (!isPage) {
    event.detail.shouldSwap = false;
    silence(xhr.status);
    return;
  }
  // An act that was sent later knows more than a refresh that was asked for earlier.
  if (isRefresh(event.detail) && state.busy) { event.detail.shouldSwap = false; state.stale = true; return; }
  // What was typed since the refresh was asked for stays, too.
  if (isRefresh(event.detail) && event.detail.target === main() && (dialog() || hasUnsentInput())) { event.detail.shouldSwap = false; refresh(); return; }
  if (isRefresh(event.detail)) keepWhatWasTyped();
  heard();
});

document.addEventListener("htmx:afterRequest", (event) => {
  if (isRefresh(event.detail)) return;
  state.busy = false;
  main().classList.remove("busy");
  main().removeAttribute("aria-busy");
});

document.addEventListener("htmx:afterSettle", (event) => {
  if (isRefresh(event.detail)) restoreWhatWasTyped();
  else { state.busy = false; focusWhereItBelongs(); say(); showLastLine(); listen(); }
  if (state.stale) refresh();
  nextScan();
});

function say() {
  const texts = [...document.querySelectorAll("#notices p, #change")].map((one) => one.textContent);
  document.getElementById("said").textContent = texts.join(" ");
}

function showLastLine() {
  const shown = document.querySelector(".line.selected") || document.querySelector(".line:last-child");
  if (shown) shown.scrollIntoView({ block: "nearest" });
}

// ---- Live state: the till says `changed`, the page looks.

let kept = null;

function keepWhatWasTyped() {
  const focused = document.activeElement;
  const field = entry();
  kept = { id: focused && focused.id, value: field && field.value, start: field && field.selectionStart, end: field && field.selectionEnd,
    href: focused && focused.getAttribute("href"), scroll: scrollOfLines(), notices: document.getElementById("notices") };
}

function restoreWhatWasTyped() {
  if (!kept) return;
  if (entry() && kept.value) { entry().value = kept.value; entry().setSelectionRange(kept.start, kept.end); }
  const focused = (kept.id && document.getElementById(kept.id))
    || (kept.href && [...main().querySelectorAll("a")].find((link) => link.getAttribute("href") === kept.href));
  if (focused && focused !== document.activeElement) focused.focus({ preventScroll: true });
  else if (!focused) focusWhereItBelongs();
  if (document.getElementById("lines")) document.getElementById("lines").scrollTop = kept.scroll;
  // What the last act led to stands until the next one.
  if (kept.notices && !document.getElementById("notices")) main().querySelector(".work").prepend(kept.notices);
  kept = null;
}

const scrollOfLines = () => (document.getElementById("lines") || { scrollTop: 0 }).scrollTop;

function hasUnsentInput() {
  return [...main().querySelectorAll("input:not([type=hidden]), select")].some((field) => {
    if (field.id === "entry") return false;
    if (field.type === "radio" || field.type === "checkbox") return field.checked !== field.defaultChecked;
    if (field.tagName === "SELECT") return field.selectedIndex > 0;
    return field.value !== field.defaultValue;
  });
}

function refresh() {
  // One look at a time: the answer replaces what asked for it, and htmx drops what a replaced element still asks for.
  state.stale = state.busy || state.refreshing;
  if (state.stale) return;
  state.refreshing = true;
  // A question, half a PIN or half a count stays: then only the strip is renewed.
  const target = dialog() || hasUnsentInput() ? "#strip" : "#main";
  htmx.ajax("GET", main().dataset.here, { source: main(), target, select: target, swap: "outerHTML show:none", headers: { "X-Refresh": "1" } })
    .catch(() => {})
    .finally(() => setTimeout(lookAgainIfStale, htmx.config.defaultSettleDelay + 1));
}

function lookAgainIfStale() {
  state.refreshing = false;
  if (state.stale) refresh();
}

let events = null;

// A stream that the till refused, because it serves enough of them, stays closed: so after each act it is asked again.
function listen() {
  if (!window.EventSource || (events && events.readyState !== EventSource.CLOSED)) return;
  const stream = events = new EventSource("/counter/events");
  let wasLost = false;
  stream.addEventListener("changed", refresh);
  stream.addEventListener("error", () => { if (!wasLost && stream.readyState !== EventSource.CLOSED) refresh(); wasLost = true; });
  // What changed between the page and its stream was told to nobody.
  stream.addEventListener("open", () => { wasLost = false; refresh(); });
}

// A browser has six connections to one host; a page that is left must not keep one.
window.addEventListener("pagehide", () => { if (events) events.close(); });
window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

// ---- Silence: said in a bar; a fresh page with a fresh key comes when the till answers again.

function silence(status) {
  const bar = document.getElementById("silence");
  bar.textContent = status ? bar.dataset.refused.replace("{status}", status) : bar.dataset.nothing;
  bar.hidden = false;
  if (state.silent) return;
  state.silent = true;
  setTimeout(askAgain, RETRY_MS);
}

async function askAgain() {
  try {
    const answer = await fetch(main().dataset.here, { headers: { "X-Refresh": "1" }, signal: AbortSignal.timeout(RETRY_MS), cache: "no-store" });
    if (answer.ok) {
      heard();
      refresh();
      return;
    }
  } catch { /* still silent */ }
  setTimeout(askAgain, RETRY_MS);
}

function heard() {
  state.silent = false;
  document.getElementById("silence").hidden = true;
}

for (const failure of ["htmx:sendError", "htmx:timeout"]) document.addEventListener(failure, () => silence(0));

document.documentElement.classList.add("scripted");
// After the browser has seen to `autofocus` itself.
window.addEventListener("load", () => setTimeout(() => { focusWhereItBelongs(); say(); showLastLine(); listen(); }));
