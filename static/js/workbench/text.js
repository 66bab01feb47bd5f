// The words of the source as the page shows them, and where they stand.
//
// `root.textContent` is the text, character for character. JavaScript and the DOM count UTF-16 units; everything that
// this module takes and gives is counted in code points, as the database counts. A span is [start, end), half-open.

import { pairs, unquoted } from "./marks.js";
import { sentenceAround } from "./sentences.js";

const NEAR = 256; // UTF-16 units: far enough to see a whole grapheme cluster or word
const SPACE = /^\p{White_Space}$/u;
const NOTHING = /^[\p{White_Space}\p{Default_Ignorable_Code_Point}]*$/u; // nothing that could be seen

export class Words {
  #nodes = []; // every text node in order: {node, start, end} in UTF-16 units
  #starts = new Map(); // text node → its start
  #pairs = []; // the UTF-16 index of every surrogate pair, in order
  #segmenters = {};

  hit = () => []; // the ids of the statements painted at a code point: set by whoever paints (paint.js)

  constructor(root) {
    this.root = root;
    this.text = root.textContent;
    let start = 0;
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      this.#nodes.push({ node, start, end: start + node.data.length, drawn: node.parentNode !== root });
      this.#starts.set(node, start);
      start += node.data.length;
    }
    for (const { index } of this.text.matchAll(/[\u{10000}-\u{10FFFF}]/gu)) this.#pairs.push(index);
    this.length = this.text.length - this.#pairs.length;
  }

  // UTF-16 units and code points

  codePoint(unit) {
    const before = count(this.#pairs, (pair) => pair < unit); // one that unit stands in the middle of rounds down
    return unit - before;
  }

  unit(cp) {
    return cp + count(this.#pairs, (pair, nth) => pair - nth < cp);
  }

  exact([start, end]) {
    return this.text.slice(this.unit(start), this.unit(end));
  }

  // Ranges of the DOM

  // The span of a range however a browser has set its ends: in elements, between paragraphs, outside the text.
  spanOf(range) {
    const start = this.#unitAt(range.startContainer, range.startOffset);
    const end = this.#unitAt(range.endContainer, range.endOffset);
    const span = [this.codePoint(start), this.codePoint(end + (this.#isInPair(end) ? 1 : 0))];
    return span[0] < span[1] ? span : null;
  }

  // The code point at a place in the DOM, wherever that is; the text's ends for what lies before or after it.
  codePointAt(container, offset) {
    return this.codePoint(this.#unitAt(container, offset));
  }

  rangeOf([start, end]) {
    const range = document.createRange();
    range.setStart(...this.place(start));
    range.setEnd(...(end > start ? this.place(end, -1) : this.place(start)));
    return range;
  }

  // The text node and the offset in it of a code point. At the seam of two nodes a start belongs to the next one and an
  // end (side -1) to the one before; where nothing is drawn there, to a paragraph's own edge.
  place(cp, side = 1) {
    if (!this.#nodes.length) return [this.root, 0];
    const unit = Math.min(this.unit(cp), this.text.length);
    const first = count(this.#nodes, ({ end }) => end < unit);
    const last = Math.min(count(this.#nodes, ({ start }) => start <= unit), this.#nodes.length) - 1;
    const touching = this.#nodes.slice(first, last + 1);
    if (side > 0) touching.reverse();
    const { node, start } = touching.find(({ drawn }) => drawn) ?? touching[0];
    return [node, unit - start];
  }

  // The code point at a point of the screen, where a caret would stand; null outside the text.
  at(x, y) {
    const found = document.caretPositionFromPoint
      ? document.caretPositionFromPoint(x, y)
      : document.caretRangeFromPoint?.(x, y);
    const node = found?.offsetNode ?? found?.startContainer;
    if (!node || !this.root.contains(node)) return null;
    return this.codePointAt(node, found.offset ?? found.startOffset);
  }

  // The first code point of the character that is drawn under a point of the screen; null beside the words.
  under(x, y) {
    const cp = this.at(x, y);
    if (cp === null) return null;
    const holds = (from) =>
      [...this.rangeOf(this.#cluster(from)).getClientRects()].some(
        (box) => box.left <= x && x <= box.right && box.top <= y && y <= box.bottom,
      );
    return [cp, cp - 1].find((from) => from >= 0 && from < this.length && holds(from)) ?? null;
  }

  // What is meant by a span

  // Trimmed of white space and of one pair of quotation marks around all of it, and grown to whole characters as read.
  settle(span) {
    if (!span) return null;
    const trimmed = this.trim(span);
    if (!trimmed) return null;
    const [start, end] = trimmed.map((cp) => this.unit(cp));
    const bare = this.#isQuoted(start, end) ? [start, end] : unquoted(this.text.slice(start, end)).map((at) => start + at);
    return this.trim(bare.map((unit) => this.codePoint(unit))) ?? trimmed;
  }

  // Without white space at its ends, then outward to whole grapheme clusters; null where nothing to be seen is left.
  trim([start, end]) {
    let [from, to] = [this.unit(Math.max(start, 0)), this.unit(Math.min(end, this.length))];
    while (from < to && SPACE.test(this.text[from])) from += 1;
    while (from < to && SPACE.test(this.text[to - 1])) to -= 1;
    if (NOTHING.test(this.text.slice(from, to))) return null;
    return [this.#clusterAt(from)[0], this.#clusterAt(to - 1)[1]].map((unit) => this.codePoint(unit));
  }

  // The word that a code point is in.
  word(cp) {
    const [from, segments] = this.#segmentsNear(this.unit(cp), "word");
    const { index, segment } = segments.containing(this.unit(cp) - from);
    return this.trim([this.codePoint(from + index), this.codePoint(from + index + segment.length)]);
  }

  // The sentence at a code point, without the white space around it.
  sentence(cp) {
    const [start, end] = this.#paragraph(cp);
    const at = Math.min(this.unit(cp), end - 1) - start;
    const found = sentenceAround(this.#segmenter("sentence"), this.text.slice(start, end), at);
    return found && this.trim(found.map((unit) => this.codePoint(start + unit)));
  }

  // The words inside the innermost pair of quotation marks around a code point, or at it, within the paragraph.
  quotation(cp) {
    const [start, end] = this.#paragraph(cp);
    const at = this.unit(cp) - start;
    const around = pairs(this.text.slice(start, end)).filter(([open, close]) => open <= at && at <= close + 1);
    around.sort((a, b) => a[1] - a[0] - (b[1] - b[0]));
    return around.length ? this.trim(around[0].map((mark, nth) => this.codePoint(start + mark + (nth ? 0 : 1)))) : null;
  }

  // One character (as read) or one word on or back: forward to the end of a word, backward to the start of one.
  step(cp, by, direction) {
    const unit = by === "word" ? this.#wordEdge(this.unit(cp), direction) : this.#nextEdge(this.unit(cp), direction);
    return this.drawn(this.codePoint(unit), direction);
  }

  // The code point itself, or the edge of the next paragraph that way where nothing is drawn at it.
  drawn(cp, direction) {
    const unit = this.unit(cp);
    if (this.#nodes.some(({ start, end, drawn }) => drawn && start <= unit && unit <= end)) return cp;
    const ahead = this.#nodes.filter(({ drawn }) => drawn);
    const next = direction > 0 ? ahead.find(({ start }) => start > unit) : ahead.findLast(({ end }) => end < unit);
    if (!next) return this.drawn(cp, -direction);
    return this.codePoint(direction > 0 ? next.start : next.end);
  }

  // Where the next paragraph begins; backward this one, or the one before. Beyond them the ends of the text.
  paragraphFrom(cp, direction) {
    const starts = this.#nodes.filter(({ drawn }) => drawn).map(({ start }) => this.codePoint(start));
    return direction > 0 ? (starts.find((start) => start > cp) ?? this.length) : (starts.findLast((start) => start < cp) ?? 0);
  }

  // The first code point from there on that is not white space, or the end.
  afterSpace(cp) {
    const visible = /\P{White_Space}/gu;
    visible.lastIndex = this.unit(cp);
    return this.codePoint(visible.exec(this.text)?.index ?? this.text.length);
  }

  // The nearest place between two characters as read, at or before a code point.
  snap(cp) {
    return cp >= this.length ? this.length : this.codePoint(this.#clusterAt(this.unit(cp))[0]);
  }

  #unitAt(container, offset) {
    const start = this.#starts.get(container);
    if (start !== undefined) return start + offset;
    const place = document.createRange();
    place.setStart(container, offset);
    const before = count(this.#nodes, ({ node }) => place.comparePoint(node, 0) < 0);
    return before < this.#nodes.length ? this.#nodes[before].start : this.text.length;
  }

  #isInPair(unit) {
    const nth = count(this.#pairs, (pair) => pair < unit) - 1;
    return nth >= 0 && this.#pairs[nth] + 1 === unit;
  }

  #paragraph(cp) {
    const unit = this.unit(cp);
    const end = this.text.indexOf("\n", unit);
    return [unit ? this.text.lastIndexOf("\n", unit - 1) + 1 : 0, end < 0 ? this.text.length : end];
  }

  // Whether the marks just outside are a pair around these words, which have thus been left out already.
  #isQuoted(from, to) {
    let [open, close] = [from - 1, to];
    while (SPACE.test(this.text[open] ?? "")) open -= 1; // « they stand apart in French »
    while (SPACE.test(this.text[close] ?? "")) close += 1;
    return open >= 0 && close < this.text.length && unquoted(this.text.slice(open, close + 1))[0] === 1;
  }

  // Only the surroundings are looked at: from a space, where no cluster can be running.
  #segmentsNear(unit, granularity) {
    const space = this.text.lastIndexOf(" ", Math.max(unit - NEAR, 0));
    const from = Math.max(space, unit ? this.text.lastIndexOf("\n", unit - 1) : 0, 0);
    return [from, this.#segmenter(granularity).segment(this.text.slice(from, unit + NEAR))];
  }

  #clusterAt(unit) {
    const [from, segments] = this.#segmentsNear(unit, "grapheme");
    const { index, segment } = segments.containing(unit - from);
    return [from + index, from + index + segment.length];
  }

  #cluster(cp) {
    return this.#clusterAt(this.unit(cp)).map((unit) => this.codePoint(unit));
  }

  #nextEdge(unit, direction) {
    if (direction > 0) return unit < this.text.length ? this.#clusterAt(unit)[1] : unit;
    return unit > 0 ? this.#clusterAt(unit - 1)[0] : unit;
  }

  #wordEdge(unit, direction) {
    const isOn = direction > 0;
    for (let at = unit; isOn ? at < this.text.length : at > 0; ) {
      const [from, segments] = this.#segmentsNear(isOn ? at : at - 1, "word");
      const { index, segment, isWordLike } = segments.containing((isOn ? at : at - 1) - from);
      at = from + index + (isOn ? segment.length : 0);
      if (isWordLike) return at;
    }
    return isOn ? this.text.length : 0;
  }

  #segmenter(granularity) {
    return (this.#segmenters[granularity] ??= newSegmenter(this.root.lang || document.documentElement.lang, granularity));
  }
}

function newSegmenter(language, granularity) {
  try {
    return new Intl.Segmenter(language || undefined, { granularity });
  } catch {
    return new Intl.Segmenter(undefined, { granularity }); // a language tag that this browser does not take
  }
}

// How many of a sorted list's first entries pass: by halving.
function count(list, passes) {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (passes(list[middle], middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
