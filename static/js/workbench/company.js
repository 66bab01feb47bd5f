/* Who else is here, and what they do: told quietly, put in without moving what is looked at. */

export class Company {
  #root;
  #cards;
  #sight;
  #status;

  constructor({ root, pulse, cards, sight, status }) {
    this.#root = root;
    this.#cards = cards;
    this.#sight = sight;
    this.#status = status;
    pulse.addEventListener("here", ({ detail }) => this.#here(detail));
    pulse.addEventListener("cards", ({ detail }) => this.#arrived(detail));
    pulse.addEventListener("revision", ({ detail }) => this.#newText(detail));
  }

  #here(others) {
    const names = others.map(({ name }) => name);
    const line = this.#root.querySelector("#here");
    const words = names.length ? `Also here: ${names.join(", ")}` : "";
    if (line.textContent !== words) line.textContent = words;
    const editors = {};
    for (const { name, editing } of others) if (editing) (editors[editing] ??= []).push(name);
    this.#cards.showEditing(editors);
  }

  #arrived({ cards, gone }) {
    const news = [];
    this.#sight.still(() => {
      for (const [id, html] of Object.entries(cards)) news.push({ isNew: !this.#cards.get(id), card: this.#cards.put(html) });
      for (const id of gone) this.#cards.remove(id);
      this.#cards.repaint();
    });
    for (const { isNew, card } of news) if (isNew) card.dataset.new = "";
    const ofOthers = news.filter(({ card }) => !("mine" in card.dataset));
    const told = new Set(ofOthers.map(({ isNew, card }) => `${card.dataset.by} ${isNew ? "added" : "changed"} a statement.`));
    if (told.size) this.#status.whisper([...told].join(" "));
  }

  #newText(revision) {
    if (String(revision) === this.#root.dataset.revision) return;
    const words = "This source has a newer text. Load the page again to work on it; unfinished forms are kept.";
    this.#status.notice("revision", words, { "Load again": () => location.reload() });
  }
}
