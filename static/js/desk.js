/* Single keys for what stands on a page: an element names its own in `data-key`, a field is entered, all else is pressed.
   Everything works without; none fires in a field, and they can be switched off. */

const FIELDS = "input, select, textarea, [contenteditable]";
const SWITCH = "parley:single-keys"; // the workbench has the same
const KEPT = "parley:kept:";

const dialog = document.querySelector("#keys");
const single = document.querySelector("#single-keys");

/** A browser may forbid to store: then it holds as long as the page. */
function stored(storage, key, value) {
  try {
    if (value === undefined) return window[storage].getItem(key);
    return window[storage].setItem(key, value);
  } catch {
    return null;
  }
}

function press(element) {
  if (element.matches("textarea")) {
    element.focus();
    element.scrollIntoView({ block: "nearest" });
    return;
  }
  element.click();
  document.getElementById(element.dataset.then)?.focus();
}

function onKey(event) {
  const { key, target, ctrlKey, metaKey, altKey, repeat, isComposing } = event;
  if (event.defaultPrevented || isComposing || dialog?.open) return;
  const inField = target.matches(FIELDS);
  if (key === "Enter" && (ctrlKey || metaKey) && target.matches("textarea")) {
    event.preventDefault();
    if (!repeat) target.form.requestSubmit();
  } else if (key === "Escape" && inField) {
    target.blur();
  } else if (!ctrlKey && !metaKey && !altKey && single?.checked && (!inField || target.matches("[type=radio]"))) {
    const element = document.querySelector(`[data-key~="${CSS.escape(key)}"]`);
    if (!element) return;
    event.preventDefault();
    if (!repeat) press(element);
  }
}

/** Once is enough: a second press must not reach what comes next. */
function sendOnce(event) {
  if (document.body.dataset.sent) event.preventDefault();
  else document.body.dataset.sent = "yes";
}

/** What was written is still there after a log-in that had run out. Its name changes once it has been taken. */
function keep(field) {
  const key = KEPT + field.dataset.kept;
  if (!field.value) field.value = stored("sessionStorage", key) ?? "";
  field.addEventListener("input", () => stored("sessionStorage", key, field.value));
}

document.addEventListener("keydown", onKey);
document.addEventListener("submit", (event) => event.target.method === "post" && sendOnce(event));
window.addEventListener("pageshow", () => delete document.body.dataset.sent); // come back to from its memory

for (const button of document.querySelectorAll("[data-opens]")) {
  button.hidden = false;
  button.addEventListener("click", () => document.getElementById(button.dataset.opens).showModal());
}
if (single) {
  single.checked = stored("localStorage", SWITCH) !== "off";
  single.addEventListener("change", () => stored("localStorage", SWITCH, single.checked ? "on" : "off"));
}
document.querySelectorAll("[data-kept]").forEach(keep);
