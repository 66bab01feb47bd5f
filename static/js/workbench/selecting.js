// Selecting and clicking in the text by mouse and by touch, told as events on it:
//   words:selected {span, by: "mouse" | "touch", final: true}   the span is settled, and selected so
//   words:clicked {cp, ids}                                     a click, and no drag, on words that are painted
//   words:cleared {}                                            what was selected is no longer
// The keyboard is the caret's (caret.js), which tells the same events.

const DRAG = 4; // px: less is a hand that is not quite still
const MORE_CLICKS = 250; // ms in which a second or a third click may follow
const AT_REST = 400; // ms without a change: a finger has done with its selection

export class Selecting {
  #words;
  #press = { type: "mouse", isDown: false }; // the last one: {type, x, y, inText, ends of the selection before it, isDown}
  #told = null; // the span told last
  #clicks = 0; // the timer of a click that may become a double click, or a double one a triple
  #rest = 0; // the timer of a finger's selection

  constructor(words) {
    this.#words = words;
    const { root } = words;
    document.addEventListener("pointerdown", (event) => this.#down(event), true);
    document.addEventListener("pointerup", () => (this.#press.isDown = false), true);
    document.addEventListener("pointercancel", () => (this.#press.isDown = false), true);
    document.addEventListener("keydown", () => (this.#press.type = "keys"), true); // what changes now is their doing
    document.addEventListener("mouseup", (event) => this.#up(event), true);
    document.addEventListener("selectionchange", () => this.#changed());
    root.addEventListener("click", (event) => this.#click(event));
    root.addEventListener("dragstart", (event) => event.preventDefault());
  }

  tell(span, by, final = true) {
    if (!span && !this.#told) return;
    this.#told = span;
    const type = span ? "words:selected" : "words:cleared";
    this.#words.root.dispatchEvent(new CustomEvent(type, { bubbles: true, detail: span ? { span, by, final } : {} }));
  }

  // The settled span of what is selected in the text now, or null.
  get span() {
    const selection = document.getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return null;
    return this.#words.settle(this.#words.spanOf(selection.getRangeAt(0)));
  }

  // Select a span; backward where the person selected backward, so that Shift+arrow goes on from the end they moved.
  select(span) {
    const selection = document.getSelection();
    const ends = [this.#words.place(span[0]), this.#words.place(span[1], -1)];
    const [anchor, focus] = isBackward(selection) ? ends.reverse() : ends;
    selection.setBaseAndExtent(...anchor, ...focus);
  }

  #down({ pointerType, clientX: x, clientY: y, button, shiftKey, target }) {
    clearTimeout(this.#clicks);
    const selection = document.getSelection();
    const inText = this.#words.root.contains(target);
    this.#press = { type: pointerType || "mouse", isDown: true, x, y, inText, ends: endsOf(selection) };
    // Else a press on selected words would drag them, instead of selecting among them.
    const isFresh = inText && button === 0 && !shiftKey && pointerType !== "touch";
    if (isFresh && !selection.isCollapsed) selection.removeAllRanges();
  }

  #up({ button, clientX, clientY, shiftKey, detail: clicks }) {
    const press = this.#press;
    if (button !== 0 || press.type === "touch" || press.x === undefined) return;
    const isDrag = shiftKey || Math.hypot(clientX - press.x, clientY - press.y) >= DRAG;
    if (!isDrag && clicks < 2) return;
    clearTimeout(this.#clicks);
    // The browser itself sets the selection after this event, and a third click may follow a second.
    const isDouble = !isDrag && clicks === 2;
    this.#clicks = setTimeout(() => this.#finish(press, isDouble), isDouble ? MORE_CLICKS : 0);
  }

  #finish({ inText, ends, x, y }, isDouble) {
    const now = endsOf(document.getSelection());
    if (!inText && now.every((end, nth) => end === ends[nth])) return; // a press on a button changes no selection
    const span = (isDouble && this.#wordUnder(x, y)) || this.span;
    if (!span) return;
    this.select(span);
    this.tell(span, "mouse");
  }

  // The word that was clicked twice, where the browser has missed it: Chromium takes the space after a right-to-left
  // word for a click on the far half of its last letter.
  #wordUnder(x, y) {
    const cp = this.#words.under(x, y);
    const { span } = this;
    if (cp === null || (span && span[0] <= cp && cp < span[1])) return null;
    return this.#words.settle(this.#words.word(cp));
  }

  // A finger moves the ends by the browser's own handles, which tell nothing but that the selection changed.
  #changed() {
    const selection = document.getSelection();
    if (this.#told && selection.isCollapsed && this.#words.root.contains(selection.focusNode)) this.tell(null);
    if (this.#press.type !== "touch") return;
    clearTimeout(this.#rest);
    this.#rest = setTimeout(() => this.#rested(), AT_REST);
  }

  #rested() {
    if (this.#press.isDown) return this.#changed();
    const span = this.span;
    if (span && String(span) !== String(this.#told)) this.tell(span, "touch");
  }

  #click(event) {
    if (event.button !== 0 || event.detail > 1 || event.shiftKey || !document.getSelection().isCollapsed) return;
    const cp = this.#words.under(event.clientX, event.clientY);
    const ids = cp === null ? [] : this.#words.hit(cp);
    if (!ids.length) return;
    const told = new CustomEvent("words:clicked", { bubbles: true, detail: { cp, ids } });
    clearTimeout(this.#clicks); // the next press, if it is soon, makes this a double click
    this.#clicks = setTimeout(() => this.#words.root.dispatchEvent(told), MORE_CLICKS);
  }
}

function isBackward(selection) {
  if (!selection.rangeCount || selection.isCollapsed) return false;
  const range = selection.getRangeAt(0);
  return range.startContainer !== selection.anchorNode || range.startOffset !== selection.anchorOffset;
}

function endsOf({ anchorNode, anchorOffset, focusNode, focusOffset }) {
  return [anchorNode, anchorOffset, focusNode, focusOffset];
}
