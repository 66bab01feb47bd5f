/* Who relayed the words, from nearest the speaker to the publisher. */

import { Choice } from "./choice.js";

/** "changed" whenever the chain is another. */
export class Relays extends EventTarget {
  value = [];
  #list;
  #row;

  constructor({ list, row, input, find }) {
    super();
    this.#list = list;
    this.#row = row;
    this.choice = new Choice(input, {
      find: (typed, signal) => find({ q: typed }, signal),
      show: ({ name, detail }) => ({ name, detail }),
    });
    this.choice.addEventListener("chosen", () => this.choice.value && this.#add(this.choice.value));
    this.choice.addEventListener("typed", () => this.dispatchEvent(new Event("changed")));
    list.addEventListener("click", (event) => this.#click(event));
  }

  set(value, typed = "") {
    this.value = value;
    this.choice.set(null, typed);
    this.#draw();
  }

  #add(relay) {
    const known = this.value.some(({ kind, id }) => kind === relay.kind && id === relay.id);
    this.#change(known ? this.value : [...this.value, relay]);
  }

  #click(event) {
    const row = event.target.closest("[data-do=remove-relay]")?.closest("li");
    if (row) this.#change(this.value.toSpliced([...this.#list.children].indexOf(row), 1));
  }

  #change(value) {
    this.set(value);
    this.dispatchEvent(new Event("changed"));
  }

  #draw() {
    const rows = this.value.map(({ name }) => {
      const row = this.#row();
      row.querySelector("bdi").textContent = name;
      row.querySelector("button").setAttribute("aria-label", `Remove ${name}`);
      return row;
    });
    this.#list.replaceChildren(...rows);
  }
}
