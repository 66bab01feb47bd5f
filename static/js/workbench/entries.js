/* Forms that are not open, as entries of the rail: set aside, on their way, refused, or open in another tab. */

import { quoteOf, shorten } from "./values.js";

const TOLD = {
  unfinished: "Unfinished",
  sending: "Saving…",
  waiting: "Not saved yet: waits for the connection",
  refused: "Could not be saved",
  conflict: "Two versions: choose",
  elsewhere: "Open in another tab",
};

export class Entries {
  #cards;
  #list;
  #open;
  #discard;
  #entries = new Map(); // key → li

  /** `open(key)` and `discard(key)` are what the buttons of an entry do. */
  constructor({ cards, list, open, discard }) {
    this.#cards = cards;
    this.#list = list;
    this.#open = open;
    this.#discard = discard;
  }

  get keys() {
    return [...this.#entries.keys()];
  }

  has(key) {
    return this.#entries.has(key);
  }

  state(key) {
    return this.#entries.get(key)?.dataset.state;
  }

  /** Show this form as an entry, or show it as it is now; `why` for a refused one. */
  show(key, body, state, why = "") {
    const line = this.#entries.get(key) ?? this.#make(key);
    const { spans } = body.values;
    Object.assign(line.dataset, { state, spans: JSON.stringify(spans), place: String(spans[0]?.[0] ?? -1), current: "" });
    line.querySelector(".entry-state").textContent = [TOLD[state], why].filter(Boolean).join(": ");
    line.querySelector("bdi").textContent = body.values.speaker?.name ?? body.typed?.speaker ?? "";
    line.querySelector(".entry-open").textContent = shorten(quoteOf(body.values) || "No words yet", 140);
    line.querySelector(".entry-discard").hidden = ["sending", "elsewhere"].includes(state);
    this.#cards.insert(line);
    return line;
  }

  remove(key) {
    this.#entries.get(key)?.remove();
    this.#entries.delete(key);
  }

  #make(key) {
    const line = document.createElement("li");
    line.className = "card entry";
    line.id = `entry-${key}`;
    line.dataset.key = key;
    const head = Object.assign(document.createElement("p"), { className: "card-head" });
    head.append(document.createElement("bdi"), Object.assign(document.createElement("span"), { className: "entry-state" }));
    const open = this.#button("entry-open card-open", () => this.#open(key));
    open.dir = "auto";
    const discard = this.#button("entry-discard", () => this.#discard(key));
    discard.textContent = "Discard";
    line.append(head, open, discard);
    this.#entries.set(key, line);
    this.#list.append(line);
    return line;
  }

  #button(className, act) {
    const button = Object.assign(document.createElement("button"), { type: "button", className });
    button.addEventListener("click", act);
    return button;
  }
}
