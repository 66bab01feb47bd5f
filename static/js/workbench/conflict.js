/* Two versions of one statement, side by side: only what differs, with a choice for each. Nothing is overwritten unseen. */

import { differences, merge, timeWords } from "./values.js";

/** `body` is a form's, with `conflict`: {version, values, by, at} of what is stored. Stands where the form stood, and
 *  tells the same: "changed", "leave"; and "save", "edit" (go on in the form), "theirs". */
export class Conflict extends EventTarget {
  dirty = true;
  #body;
  #isMine;
  #touched;
  #differences;

  constructor({ key, body, bench }) {
    super();
    this.key = key;
    this.#body = body;
    this.#isMine = body.conflict.by === bench.userName; // another tab or window of the same person
    this.#differences = differences(body.values, body.conflict.values);
    const { base } = body; // as it was when this form was opened: what its editor has not touched since is theirs
    this.#touched = base && new Set(differences(body.values, base).map(({ key: name }) => name));
    this.element = this.#build();
    this.element.addEventListener("submit", (event) => (event.preventDefault(), this.#tell("save")));
    this.element.addEventListener("click", ({ target }) => target.dataset.do && this.#tell(target.dataset.do));
    this.element.addEventListener("change", () => this.#tell("changed"));
    this.element.addEventListener("keydown", (event) => this.#key(event));
  }

  get id() {
    return this.#body.id;
  }

  get spans() {
    return this.#body.values.spans;
  }

  /** For keeping: both versions, and what is chosen so far. */
  get body() {
    return { ...this.#body, chosen: this.#chosen };
  }

  /** The form's body once the choice is made. */
  get settled() {
    const { conflict, chosen, rows, typed, waiting, attempted, ...body } = this.#body;
    return { ...body, id: conflict.id ?? body.id, version: conflict.version, base: conflict.values, values: merge(body.values, conflict.values, this.#chosen) };
  }

  get #chosen() {
    const boxes = [...this.element.querySelectorAll("input:checked")];
    return Object.fromEntries(boxes.map((box) => [this.#differences[Number(box.name.split(".")[1])].key, box.value]));
  }

  ready() {
    this.element.dataset.ready = "";
  }

  focus() {
    (this.element.querySelector("input:checked") ?? this.element.querySelector(".sheet-save")).focus();
  }

  #key(event) {
    if (event.defaultPrevented) return;
    const what = event.key === "Escape" ? "leave" : event.key === "Enter" && (event.ctrlKey || event.metaKey) ? "save" : null;
    if (!what) return;
    event.preventDefault();
    event.stopPropagation();
    this.#tell(what);
  }

  #build() {
    const { values, conflict, base } = this.#body;
    const form = make("form", "sheet conflict", { novalidate: "", "aria-labelledby": "conflict-title", "data-key": this.key });
    form.dataset.spans = JSON.stringify(values.spans);
    if (this.id) form.dataset.id = this.id;
    const head = make("header", "sheet-head");
    head.append(make("h2", "sheet-title", { id: "conflict-title" }, "Two versions"));
    head.append(make("button", "sheet-quiet", { type: "button", "data-do": "edit" }, "Go on editing"));
    head.append(make("button", "sheet-quiet", { type: "button", "data-do": "theirs" }, this.#isMine ? "Keep what is saved" : "Keep theirs"));
    head.append(make("button", "sheet-save", { type: "submit" }, "Save my choice"));
    const body = make("div", "sheet-body");
    const at = conflict.at ? ` at ${timeWords(new Date(conflict.at))}` : "";
    body.append(make("p", "sheet-told", {}, `${this.#isMine ? "You" : conflict.by} saved another version${at}${this.#isMine ? " in another tab or window" : ""}, after this one was opened.${base ? " What you had not touched is taken from there." : ""} Choose for each difference; nothing is lost until then.`));
    body.append(...this.#differences.map((one, index) => this.#difference(one, index)));
    form.append(head, body);
    return form;
  }

  #difference({ key, name, mine, theirs }, index) {
    const field = make("fieldset", "difference");
    field.append(make("legend", "", {}, name));
    const likely = this.#touched && !this.#touched.has(key) ? "theirs" : "mine";
    const chosen = this.#body.chosen?.[key] ?? likely;
    const other = this.#isMine ? "Saved there" : `Theirs (${this.#body.conflict.by})`;
    for (const [side, title, words] of [["theirs", other, theirs], ["mine", this.#isMine ? "Here" : "Mine", mine]]) {
      const label = make("label", "version");
      const box = make("input", "", { type: "radio", name: `difference.${index}`, value: side });
      box.checked = side === chosen;
      label.append(box, make("span", "version-side", {}, title), make("span", "version-words", { dir: "auto" }, words || "nothing"));
      label.classList.toggle("is-empty", !words);
      field.append(label);
    }
    return field;
  }

  #tell(type) {
    this.dispatchEvent(new Event(type));
  }
}

function make(tag, className, attributes = {}, text = "") {
  const made = document.createElement(tag);
  if (className) made.className = className;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (text) made.textContent = text;
  return made;
}
