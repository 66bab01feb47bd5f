/* The passages of a form: each a row with its words, whose ends move by the arrow keys as by the handles in the text. */

const ANNOUNCED = 6; // words told after a move

/** "changed" whenever a span is another. */
export class Passages extends EventTarget {
  #list;
  #row;
  #words;
  #say;
  #spans = [];
  #exacts = [];

  /** `row()` gives a new empty row; `say(words)` tells a screen reader. */
  constructor({ list, row, words, say }) {
    super();
    this.#list = list;
    this.#row = row;
    this.#words = words;
    this.#say = say;
    list.addEventListener("keydown", (event) => this.#key(event));
    list.addEventListener("click", (event) => this.#click(event));
  }

  get spans() {
    return this.#spans;
  }

  get exacts() {
    return this.#exacts;
  }

  /** Show these words, at these spans or, where the text has been replaced since, where it has them now. Without spans
   *  they stand on an older text: they are shown, and stay where they are. */
  set(spans, exacts) {
    const isHere = spans.every((span, index) => this.#words.exact(span) === exacts[index]);
    this.#spans = isHere ? spans : this.#find(exacts);
    this.#exacts = exacts;
    this.#draw();
  }

  /** The spans of words that the text has once each, and in this order; else none. */
  #find(exacts) {
    const { text } = this.#words;
    const starts = exacts.map((words) => text.indexOf(words));
    const isSure = exacts.every((words, index) => words && starts[index] >= 0 && starts[index] === text.lastIndexOf(words));
    const spans = exacts.map((words, index) => [starts[index], starts[index] + words.length].map((unit) => this.#words.codePoint(unit)));
    const isInOrder = spans.every(([start], index) => !index || start >= spans[index - 1][1]);
    return isSure && isInOrder ? spans : [];
  }

  /** One more; what it touches it grows together with. */
  add(span) {
    const apart = this.#spans.filter(([start, end]) => end < span[0] || start > span[1]);
    const met = this.#spans.filter((one) => !apart.includes(one));
    const whole = [Math.min(span[0], ...met.map(([start]) => start)), Math.max(span[1], ...met.map(([, end]) => end))];
    this.#change([...apart, whole]);
  }

  replace(span) {
    this.#change([span]);
  }

  remove(index) {
    if (this.#spans.length > 1) this.#change(this.#spans.toSpliced(index, 1));
  }

  /** Put an end at a code point, as far as the passages beside it allow; never empty. */
  move(index, end, cp) {
    const [start, stop] = this.#spans[index];
    const before = this.#spans[index - 1]?.[1] ?? 0;
    const after = this.#spans[index + 1]?.[0] ?? this.#words.length;
    const moved = end === "start" ? [Math.min(Math.max(cp, before), stop - 1), stop] : [start, Math.max(Math.min(cp, after), start + 1)];
    if (moved[0] === start && moved[1] === stop) return;
    this.#change(this.#spans.with(index, moved), { keepRows: true });
  }

  #key(event) {
    const button = event.target.closest("[data-end]");
    if (!button || event.altKey || event.metaKey || !["ArrowLeft", "ArrowRight"].includes(event.key)) return;
    event.preventDefault();
    const row = button.closest("li");
    const index = [...this.#list.children].indexOf(row);
    const { end } = button.dataset;
    const forward = (event.key === "ArrowRight") !== this.#isRightToLeft(this.#spans[index]);
    this.move(index, end, this.#next(index, end, event.ctrlKey ? "word" : "character", forward ? 1 : -1));
    this.#tell(index, end);
  }

  /** The next place that takes in or leaves out something to be seen: white space at the ends does not count. */
  #next(index, end, unit, way) {
    const span = this.#spans[index];
    const side = end === "start" ? 0 : 1;
    for (let at = span[side], next; (next = this.#words.step(at, unit, way)) !== at; at = next) {
      if (side ? next <= span[0] : next >= span[1]) break;
      const trimmed = this.#words.trim(span.with(side, next))?.[side];
      if (trimmed !== undefined && trimmed !== span[side]) return trimmed;
    }
    return span[side];
  }

  #isRightToLeft(span) {
    const node = this.#words.rangeOf(span).startContainer;
    const place = node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement;
    return getComputedStyle(place).direction === "rtl";
  }

  #tell(index, end) {
    const words = this.#words.exact(this.#spans[index]).split(/\s+/u);
    const near = end === "start" ? words.slice(0, ANNOUNCED) : words.slice(-ANNOUNCED);
    this.#say(`${end === "start" ? "Begins" : "Ends"}: ${near.join(" ")}`);
  }

  #click(event) {
    const row = event.target.closest("li");
    const index = [...this.#list.children].indexOf(row);
    if (event.target.closest("[data-do=remove-passage]")) this.remove(index);
    else if (event.target.closest(".passage-words") && this.#spans[index]) this.#words.rangeOf(this.#spans[index])?.startContainer.parentElement.scrollIntoView({ block: "nearest" });
  }

  #change(spans, { keepRows = false } = {}) {
    this.#spans = spans.toSorted((one, other) => one[0] - other[0]);
    this.#exacts = this.#spans.map((span) => this.#words.exact(span));
    if (keepRows) this.#exacts.forEach((words, index) => this.#write(this.#list.children[index], index, words));
    else this.#draw();
    this.dispatchEvent(new Event("changed"));
  }

  #draw() {
    const rows = this.#exacts.map((words, index) => {
      const row = this.#row();
      this.#write(row, index, words);
      return row;
    });
    this.#list.replaceChildren(...rows);
    this.#list.classList.toggle("is-broken", rows.length > 1);
  }

  #write(row, index, words) {
    const placed = this.#spans.length > 0;
    const which = this.#exacts.length > 1 ? ` of passage ${index + 1}` : "";
    row.querySelector(".passage-words").textContent = words;
    row.querySelector(".passage-ends").hidden = !placed;
    row.querySelector("[data-end=start]").setAttribute("aria-label", `Start${which}`);
    row.querySelector("[data-end=end]").setAttribute("aria-label", `End${which}`);
    const remove = row.querySelector("[data-do=remove-passage]");
    remove.hidden = this.#spans.length < 2;
    remove.setAttribute("aria-label", `Remove passage ${index + 1}`);
  }
}
