/* What opens at a place in the text: the toolbar at a selection, and the chooser where several statements overlap. */

const GAP = 8;
const GAP_TOUCH = 28; // room for the browser's own handles

export class Toolbar {
  #overlay;
  #words;
  #box = document.createElement("div");
  #pressed = false;
  #onLeave = () => {};

  constructor({ overlay, words }) {
    this.#overlay = overlay;
    this.#words = words;
    this.#box.className = "bench-tools";
    this.#box.hidden = true;
    overlay.append(this.#box);
    this.#box.addEventListener("pointerdown", () => (this.#pressed = true));
    this.#box.addEventListener("mousedown", (event) => event.preventDefault()); // the selection stays
    this.#box.addEventListener("keydown", (event) => this.#key(event));
    document.addEventListener("pointerdown", (event) => this.#box.contains(event.target) || this.hide(), true);
    for (const name of ["pointerup", "pointercancel"]) document.addEventListener(name, () => setTimeout(() => (this.#pressed = false)), true);
  }

  get isOpen() {
    return !this.#box.hidden;
  }

  /** Buttons at the end of a span: [{label, key, act}]. */
  offer(span, actions, { touch = false } = {}) {
    this.#open("toolbar", "What to do with the selected words", actions);
    const range = this.#words.rangeOf(span);
    this.#placeAt([...range.getClientRects()].at(-1) ?? range.getBoundingClientRect(), touch ? GAP_TOUCH : GAP);
  }

  /** One of several, at a code point: [{label, detail, act}]. The focus goes there, and back by `leave` on Escape. */
  choose(cp, actions, leave) {
    this.#open("menu", `${actions.length} statements here`, actions);
    this.#onLeave = leave;
    this.#placeAt(this.#words.rangeOf([cp, Math.min(cp + 1, this.#words.length)]).getBoundingClientRect(), GAP);
    this.#box.querySelector("button").focus({ preventScroll: true });
  }

  hide() {
    if (this.#box.hidden || this.#pressed) return;
    this.#box.hidden = true;
    this.#box.replaceChildren();
  }

  #open(role, name, actions) {
    this.#onLeave = () => {};
    this.#box.setAttribute("role", role);
    this.#box.setAttribute("aria-label", name);
    this.#box.replaceChildren(...actions.map((action) => this.#button(action, role)));
    this.#box.hidden = false;
  }

  #button({ label, detail, key, act }, role) {
    const button = Object.assign(document.createElement("button"), { type: "button" });
    if (role === "menu") button.role = "menuitem";
    button.append(Object.assign(document.createElement("bdi"), { textContent: label }));
    if (detail) button.append(" ", Object.assign(document.createElement("small"), { textContent: detail, dir: "auto" }));
    if (key) {
      button.append(" ", Object.assign(document.createElement("kbd"), { textContent: key }));
      button.setAttribute("aria-keyshortcuts", key);
      button.setAttribute("aria-label", label);
    }
    button.addEventListener("click", () => {
      this.#pressed = false;
      this.hide();
      act();
    });
    return button;
  }

  #placeAt(rect, gap) {
    const origin = this.#overlay.getBoundingClientRect();
    const width = this.#box.offsetWidth;
    const left = Math.min(Math.max(rect.right - width / 2, origin.left), Math.max(origin.right - width, origin.left));
    this.#box.style.left = `${left - origin.left}px`;
    this.#box.style.top = `${rect.bottom - origin.top + gap}px`;
  }

  #key(event) {
    const buttons = [...this.#box.querySelectorAll("button")];
    const at = buttons.indexOf(document.activeElement);
    const steps = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };
    if (event.key in steps) {
      event.preventDefault();
      buttons.at((at + steps[event.key]) % buttons.length).focus();
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      this.hide();
      this.#onLeave();
    }
  }
}
