// A keyboard caret in a text that nobody can type into: moves as the browser's own, selects, and is drawn here.
//
// The browser moves it (Selection.modify), so that it goes by sight in right-to-left and mixed lines; this module maps
// the keys, keeps it out of what is not drawn, draws it, and says aloud what is selected.

import { Selecting } from "./selecting.js";

const SAID = 80; // characters of a selection that are said aloud
const FAR = new Set(["paragraph", "documentboundary"]);
const ARROWS = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "backward", ArrowDown: "forward" };

export class Caret {
  letters = true; // whether the single letters s and q act: people can switch such keys off
  cp = 0; // where the caret stands, or stood when the focus left the text

  #words;
  #selecting;
  #overlay;
  #mark = element("div", "caret");
  #said = element("p", "caret-said");
  #bySentence = null; // the span that `s` has selected

  constructor(words, overlay) {
    this.#words = words;
    this.#overlay = overlay;
    this.#selecting = new Selecting(words);
    this.#said.setAttribute("role", "status");
    overlay.append(this.#mark, this.#said);
    words.root.addEventListener("keydown", (event) => this.#key(event));
    words.root.addEventListener("focus", () => this.#enter());
    document.addEventListener("selectionchange", () => this.#follow());
    new ResizeObserver(() => this.draw()).observe(words.root);
  }

  // Put the focus into the text and the caret at a code point.
  place(cp) {
    this.#focus();
    document.getSelection().collapse(...this.#words.place(cp));
    this.#follow();
    this.#show();
  }

  // Put the focus into the text and select a span, exactly.
  select(span) {
    this.#focus();
    this.#selecting.select(span);
    this.#follow();
    this.#show();
  }

  // The settled span of the words selected in the text, or null.
  get span() {
    return this.#selecting.span;
  }

  draw() {
    const box = this.#box();
    this.#mark.hidden = !box;
    if (!box) return;
    const origin = this.#overlay.getBoundingClientRect();
    this.#mark.style.left = `${box.left - origin.left}px`;
    this.#mark.style.top = `${box.top - origin.top}px`;
    this.#mark.style.height = `${box.height}px`;
    for (const blink of this.#mark.getAnimations()) blink.currentTime = 0; // drawn at once where it has moved
  }

  // Keys

  #key(event) {
    if (event.defaultPrevented || event.isComposing) return;
    const isPlain = !event.altKey && !event.ctrlKey && !event.metaKey;
    const acts = this.#move(event) || (event.key === "Enter" && isPlain && this.#open());
    if (acts || (isPlain && this.letters && this.#letter(event.key))) event.preventDefault();
  }

  #move(event) {
    const alter = event.shiftKey ? "extend" : "move";
    if (event.key === "PageUp" || event.key === "PageDown") return this.#page(alter, event.key === "PageDown" ? 1 : -1);
    if (event.key === "a" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey) return this.#all();
    const step = stepOf(event);
    if (!step) return false;
    if (FAR.has(step[1])) this.#leap(alter, ...step);
    else this.#step(alter, step);
    this.#moved(alter);
    return true;
  }

  #step(alter, step) {
    const selection = document.getSelection();
    const before = this.cp;
    selection.modify(alter, ...step);
    this.#keepInside(selection, alter, before, step[0]);
  }

  // To another paragraph or an end of the text: not every browser knows these steps.
  #leap(alter, direction, by) {
    const way = direction === "backward" ? -1 : 1;
    const end = way < 0 ? 0 : this.#words.length;
    const cp = by === "paragraph" ? this.#words.paragraphFrom(this.cp, way) : end;
    this.#set(alter, this.#words.drawn(cp, way), way);
  }

  // The browser knows nothing of where our text ends, of white space that is not drawn, or of clusters longer than its own.
  #keepInside(selection, alter, before, direction) {
    const { root } = this.#words;
    const reached = this.#words.codePointAt(selection.focusNode, selection.focusOffset);
    const way = Math.sign(reached - before) || (direction === "left" || direction === "backward" ? -1 : 1);
    let cp = this.#words.drawn(reached, way);
    const snapped = this.#words.snap(cp);
    if (snapped !== cp) cp = way > 0 ? this.#words.step(snapped, "character", 1) : snapped;
    const isOutside = !root.contains(selection.focusNode) || !root.contains(selection.anchorNode);
    const isInParagraph = selection.focusNode.nodeType === Node.TEXT_NODE && selection.focusNode.parentNode !== root;
    if (cp !== reached || isOutside || !isInParagraph) this.#set(alter, cp, way);
  }

  #set(alter, cp, way = 1) {
    const selection = document.getSelection();
    if (alter === "extend") selection.extend(...this.#words.place(cp, -way));
    else selection.collapse(...this.#words.place(cp, -way));
  }

  // A screenful up or down, at the same place on the screen.
  #page(alter, way) {
    const box = this.#box();
    if (!box) return false;
    const far = Math.round(window.innerHeight * 0.8);
    const top = window.scrollY;
    window.scrollBy({ top: way * far, behavior: "instant" });
    const left = way * far - (window.scrollY - top);
    const cp = this.#words.at(box.left, box.top + box.height / 2 + left);
    this.#set(alter, cp ?? (way > 0 ? this.#words.length : 0));
    this.#moved(alter);
    return true;
  }

  #all() {
    this.#selecting.select([0, this.#words.length]);
    this.#moved("extend");
    return true;
  }

  #letter(key) {
    if (key !== "s" && key !== "q") return false;
    const span = key === "q" ? this.#words.quotation(this.#at()) : this.#sentence();
    if (!span) {
      this.#say(key === "q" ? "No quotation marks around the caret." : "No sentence at the caret.");
      return true;
    }
    this.#selecting.select(this.#words.settle(span) ?? span);
    this.#bySentence = key === "s" ? span : null;
    this.#moved("extend");
    return true;
  }

  // The sentence at the caret; once more, the next one too.
  #sentence() {
    const selected = this.#bySentence;
    if (!selected || !this.#isSelected(selected)) return this.#words.sentence(this.#at());
    const rest = this.#words.afterSpace(selected[1]);
    const next = rest < this.#words.length ? this.#words.sentence(rest) : null;
    return next && next[1] > selected[1] ? [selected[0], next[1]] : selected;
  }

  #open() {
    const span = this.span;
    if (span) {
      this.#selecting.select(span);
      this.#selecting.tell(span, "keyboard");
      return true;
    }
    const ids = this.#words.hit(this.cp);
    if (ids.length) this.#words.root.dispatchEvent(new CustomEvent("words:clicked", { bubbles: true, detail: { cp: this.cp, ids } }));
    return ids.length > 0;
  }

  // What follows from a move

  #moved(alter) {
    this.#follow();
    this.#show();
    if (alter !== "extend") return;
    const span = this.span;
    this.#say(span ? `Selected: ${shortened(this.#words.exact(span))}` : "Nothing selected.");
    this.#selecting.tell(span, "keyboard", false);
  }

  #enter() {
    const selection = document.getSelection();
    if (!this.#words.root.contains(selection.focusNode)) selection.collapse(...this.#words.place(this.#words.drawn(this.cp, 1)));
    this.#follow();
  }

  #follow() {
    const { focusNode, focusOffset, isCollapsed } = document.getSelection();
    if (!this.#words.root.contains(focusNode)) return;
    this.cp = this.#words.codePointAt(focusNode, focusOffset);
    if (isCollapsed) this.#bySentence = null;
    this.draw();
  }

  #focus() {
    this.#words.root.focus({ preventScroll: true });
  }

  #show() {
    this.#mark.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  #say(words) {
    this.#said.textContent = words;
  }

  // The code point that a selection of words begins at, else the caret's.
  #at() {
    return this.span?.[0] ?? this.cp;
  }

  #isSelected(span) {
    return String(this.span) === String(this.#words.settle(span));
  }

  // Where the caret stands on the screen: what the browser says of it, else the edge of a character beside it.
  #box() {
    const { focusNode, focusOffset } = document.getSelection();
    if (!this.#words.root.contains(focusNode)) return null;
    const range = document.createRange();
    range.setStart(focusNode, focusOffset);
    const [box] = range.getClientRects();
    return box ?? this.#edgeBeside(this.cp);
  }

  #edgeBeside(cp) {
    const before = cp > 0 ? [...this.#words.rangeOf([cp - 1, cp]).getClientRects()].at(-1) : null;
    if (before) return new DOMRect(before.right, before.top, 0, before.height);
    const after = cp < this.#words.length ? this.#words.rangeOf([cp, cp + 1]).getClientRects()[0] : null;
    return after ? new DOMRect(after.left, after.top, 0, after.height) : null;
  }
}

// What a key asks the browser to do, as on Windows and Linux (Ctrl) and on a Mac (Alt by word, Cmd to the edges).
function stepOf({ key, altKey, ctrlKey, metaKey }) {
  const way = ARROWS[key];
  const isAcross = way === "left" || way === "right";
  if (key === "Home" || key === "End") {
    const to = key === "Home" ? "backward" : "forward";
    return [to, ctrlKey || metaKey ? "documentboundary" : "lineboundary"];
  }
  if (!way) return null;
  if (metaKey) return [way, isAcross ? "lineboundary" : "documentboundary"];
  if (altKey || ctrlKey) return [way, isAcross ? "word" : "paragraph"];
  return [way, isAcross ? "character" : "line"];
}

function element(name, className) {
  const made = document.createElement(name);
  made.className = className;
  return made;
}

function shortened(words) {
  const characters = [...words];
  return characters.length <= SAID ? words : `${characters.slice(0, SAID / 2).join("")} … ${characters.slice(-SAID / 2).join("")}`;
}
