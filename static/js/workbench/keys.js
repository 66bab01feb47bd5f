/* The shortcuts. Single letters never fire in a field, and can be switched off. */

const FIELDS = "input, select, textarea, [contenteditable]";
const SWITCH = "parley:single-keys";

/** `acts` names what to do: undo, redo, save, next, previous, edit, remove, submit, form, text, leave, add, replace, fresh. */
export class Keys {
  #acts;
  #dialog;
  #switch;
  #onSwitch;

  constructor({ acts, dialog, onSwitch }) {
    this.#acts = acts;
    this.#dialog = dialog;
    this.#onSwitch = onSwitch;
    this.#switch = dialog.querySelector("#single-keys");
    this.#switch.checked = this.#stored();
    this.#switch.addEventListener("change", () => this.#turn());
    this.#onSwitch(this.#switch.checked);
    document.addEventListener("keydown", (event) => this.#key(event));
  }

  show() {
    this.#dialog.showModal();
  }

  #key(event) {
    if (event.defaultPrevented || event.isComposing || this.#dialog.open) return;
    const act = this.#chord(event) ?? this.#plain(event) ?? this.#letter(event);
    if (!act) return;
    event.preventDefault();
    if (!event.repeat || act === "next" || act === "previous") this.#acts[act]?.(event.target);
  }

  #chord({ key, ctrlKey, metaKey, shiftKey, altKey, target }) {
    if (!(ctrlKey || metaKey) || altKey) return null;
    if (key === "Enter") return "save";
    if (target.matches(FIELDS) && !target.matches("[type=radio], [type=checkbox]")) return null; // the field's own undo
    if (key.toLowerCase() === "z") return shiftKey ? "redo" : "undo";
    return key === "y" ? "redo" : null;
  }

  #plain({ key, ctrlKey, metaKey, altKey, target }) {
    if (ctrlKey || metaKey || altKey) return null;
    if (key === "Escape") return "leave";
    return key === "Enter" && target.matches(".card") ? "edit" : null;
  }

  #letter({ key, ctrlKey, metaKey, altKey, target }) {
    if (!this.#switch.checked || ctrlKey || metaKey || altKey || target.matches(FIELDS)) return null;
    const everywhere = { j: "next", k: "previous", f: "form", t: "text", "?": "keys" };
    const onCards = { x: "remove", m: "submit" };
    const inText = { a: "add", r: "replace", n: "fresh" };
    if (target.closest("#text, #overlay") && inText[key]) return inText[key];
    if (target.closest(".card") && onCards[key]) return onCards[key];
    return everywhere[key] ?? null;
  }

  #turn() {
    try {
      localStorage.setItem(SWITCH, this.#switch.checked ? "on" : "off");
    } catch {
      // It holds until the page is loaded again.
    }
    this.#onSwitch(this.#switch.checked);
  }

  #stored() {
    try {
      return localStorage.getItem(SWITCH) !== "off";
    } catch {
      return true;
    }
  }
}
