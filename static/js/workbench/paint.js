// What is recorded, painted over the words without touching them: the CSS Custom Highlight API.
//
// A stretch that one statement covers shows its state; one that two or more cover shows that alone (`st-over`). Both
// the words of the active statement and those of the open form lie over these.

const STATES = { draft: "draft", submitted: "waiting", returned: "waiting", published: "public", withdrawn: "gone" };
const PRIORITIES = { draft: 1, waiting: 1, public: 1, gone: 1, over: 2, active: 3, form: 4 };

export class Paint {
  static works = typeof Highlight === "function" && Boolean(globalThis.CSS?.highlights); // else the page should say so

  #words;
  #statements = [];
  #active = null;
  #painted = {}; // the name of a highlight → its ranges by "start-end"

  constructor(words) {
    this.#words = words;
    words.hit = (cp) => this.hit(cp);
    for (const name of Object.keys(PRIORITIES)) this.#painted[name] = new Map();
    if (!Paint.works) return;
    for (const [name, priority] of Object.entries(PRIORITIES)) {
      const highlight = new Highlight();
      highlight.priority = priority;
      CSS.highlights.set(`st-${name}`, highlight);
    }
  }

  // [{id, spans, state, mine}]: all of them, each time; only what has changed is painted anew.
  statements(list) {
    this.#statements = list;
    const spans = { draft: [], waiting: [], public: [], gone: [], over: [] };
    for (const { span, names } of stretches(list)) spans[names.length > 1 ? "over" : names[0]].push(span);
    for (const name of Object.keys(spans)) this.#paint(name, spans[name]);
    this.active(this.#active);
  }

  active(id) {
    this.#active = id;
    this.#paint("active", this.#statements.find((statement) => statement.id === id)?.spans ?? []);
  }

  form(spans) {
    this.#paint("form", spans ?? []);
  }

  // The statements that cover a code point, the innermost (shortest) first.
  hit(cp) {
    const size = ({ spans }) => spans.reduce((sum, [start, end]) => sum + end - start, 0);
    return this.#statements
      .filter(({ spans }) => spans.some(([start, end]) => start <= cp && cp < end))
      .sort((a, b) => size(a) - size(b))
      .map(({ id }) => id);
  }

  #paint(name, spans) {
    const was = this.#painted[name];
    const highlight = globalThis.CSS?.highlights?.get(`st-${name}`);
    const now = new Map(spans.map((span) => [span.join("-"), span]));
    for (const [key, range] of was) {
      if (now.has(key)) continue;
      highlight?.delete(range);
      was.delete(key);
    }
    for (const [key, span] of now) {
      if (was.has(key)) continue;
      const range = this.#range(span);
      highlight?.add(range);
      was.set(key, range);
    }
  }

  // A static range: hundreds of live ones would slow down every change of the page.
  #range([start, end]) {
    const [startContainer, startOffset] = this.#words.place(start);
    const [endContainer, endOffset] = this.#words.place(end, -1);
    return new StaticRange({ startContainer, startOffset, endContainer, endOffset });
  }
}

// The text between any two edges of spans, with the names of what covers it: one sweep.
export function stretches(list) {
  const edges = [];
  for (const { spans, state } of list) {
    const name = STATES[state] ?? "draft";
    for (const [start, end] of spans) edges.push([start, 1, name], [end, -1, name]);
  }
  edges.sort((a, b) => a[0] - b[0]);
  const found = [];
  const covering = [];
  let from = 0;
  for (const [at, change, name] of edges) {
    if (covering.length && from < at) extend(found, [from, at], [...covering]);
    if (change > 0) covering.push(name);
    else covering.splice(covering.indexOf(name), 1);
    from = at;
  }
  return found;
}

// Where a third statement joins two, one line goes on.
function extend(found, span, names) {
  const last = found.at(-1);
  if (last?.span[1] === span[0] && last.names.length > 1 && names.length > 1) last.span[1] = span[1];
  else found.push({ span, names });
}
