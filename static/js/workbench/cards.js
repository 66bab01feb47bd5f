/* The cards of the rail: swapped one by one, painted over the words, walked through by key. */

export class Cards {
  #list;
  #paint;
  #arrange;

  constructor({ list, paint, arrange }) {
    this.#list = list;
    this.#paint = paint;
    this.#arrange = arrange;
  }

  /** The statements' cards; an unfinished form's entry is none. */
  get all() {
    return [...this.#list.querySelectorAll(":scope > .card[data-id]")];
  }

  get(id) {
    return document.getElementById(`card-${id}`);
  }

  get active() {
    return this.#list.querySelector(":scope > .card.active");
  }

  /** Read every card again, and paint what it says over the words. */
  repaint() {
    const placed = this.all.filter((card) => "current" in card.dataset);
    this.#paint.statements(placed.map(({ dataset }) => ({ id: dataset.id, spans: JSON.parse(dataset.spans), state: dataset.state, mine: "mine" in dataset })));
    this.#arrange();
  }

  /** Put in a card as the server drew it, in place of the one that it follows. Answers the card. */
  put(html) {
    const holder = document.createElement("template");
    holder.innerHTML = html.trim();
    const card = holder.content.firstElementChild;
    const old = this.get(card.dataset.id);
    if (old) this.#swap(old, card);
    else this.insert(card);
    return card;
  }

  #swap(old, card) {
    const focused = old.contains(document.activeElement);
    card.hidden = old.hidden;
    if (old.matches(".active")) this.#mark(card);
    const moved = old.dataset.place !== card.dataset.place;
    old.replaceWith(card);
    if (moved) this.insert(card);
    if (focused) card.focus({ preventScroll: true });
  }

  /** By where its words begin; what has no place in this text stands first. */
  insert(line) {
    const place = placeOf(line);
    const after = [...this.#list.children].find((other) => other !== line && placeOf(other) > place);
    this.#list.insertBefore(line, after ?? null);
  }

  remove(id) {
    const card = this.get(id);
    if (!card) return;
    const next = card.contains(document.activeElement) && (this.step(1, card) ?? this.step(-1, card));
    card.remove();
    if (next) this.focus(next);
  }

  /** Make one card the one that is looked at; null: none. */
  activate(card) {
    const was = this.active;
    if (was === card) return;
    if (was) {
      was.classList.remove("active");
      delete was.dataset.active;
    }
    if (card) this.#mark(card);
    this.#paint.active(card?.dataset.id ?? null);
    this.#arrange();
  }

  #mark(card) {
    card.classList.add("active");
    card.dataset.active = "";
  }

  focus(card) {
    this.activate(card);
    card.focus({ preventScroll: true });
    card.scrollIntoView({ block: "nearest" });
  }

  /** The card after (1) or before (-1) this one; without one, the nearest that way from a place in the text. */
  step(way, card, cp = 0) {
    const shown = this.all.filter((one) => !one.hidden);
    const at = shown.indexOf(card);
    if (at >= 0) return shown[at + way];
    if (way > 0) return shown.find((one) => placeOf(one) >= cp) ?? shown.at(-1);
    return shown.findLast((one) => placeOf(one) < cp) ?? shown[0];
  }

  /** Who is editing which statement: {id: [names]}. */
  showEditing(editors) {
    for (const card of this.all) {
      const names = editors[card.dataset.id] ?? [];
      const note = card.querySelector(".card-editing");
      if (!note) continue;
      note.hidden = !names.length;
      note.textContent = names.length ? `${names.join(", ")} ${names.length === 1 ? "is" : "are"} editing this.` : "";
    }
  }
}

function placeOf({ dataset }) {
  return "current" in dataset ? Number(dataset.place) : -1;
}
