// Handles at the ends of the open form's passages: dragged by mouse, pen or finger. The keyboard way is in the form.

const EDGE = 48; // px from the window's edge, where a drag scrolls
const STEP = 6; // px that it scrolls in each frame

export class Handles {
  #words;
  #overlay;
  #onMove;
  #spans = [];
  #drag = null; // {index, isEnd, dx, dy}: the pointer is not quite where the words' edge is
  #frame = 0;

  constructor(words, overlay, onMove) {
    this.#words = words;
    this.#overlay = overlay;
    this.#onMove = onMove; // (index, "start" | "end", cp)
    const redraw = new ResizeObserver(() => this.#draw());
    redraw.observe(words.root);
    redraw.observe(overlay);
    document.fonts?.ready.then(() => this.#draw());
  }

  // The passages that have handles; null or none takes them away.
  show(spans) {
    this.#spans = spans ?? [];
    this.#draw();
  }

  // The handles there are stay: one of them may be held.
  #draw() {
    const wanted = this.#spans.length * 2;
    const handles = [...this.#overlay.querySelectorAll(".handle")];
    while (handles.length > wanted) handles.pop().remove();
    while (handles.length < wanted) handles.push(this.#add(handles.length));
    const origin = this.#overlay.getBoundingClientRect();
    const edges = handles.map((handle, nth) => edge(this.#words, this.#spans[nth >> 1], nth % 2 === 1));
    edges.forEach((box, nth) => {
      handles[nth].hidden = !box;
      if (!box) return;
      handles[nth].style.left = `${box.x - origin.left}px`;
      handles[nth].style.top = `${box.top - origin.top}px`;
      handles[nth].style.height = `${box.height}px`;
      handles[nth].classList.toggle("handle-right", box.isRight);
    });
  }

  #add(nth) {
    const handle = document.createElement("div");
    handle.className = `handle handle-${nth % 2 ? "end" : "start"}`;
    handle.setAttribute("aria-hidden", "true");
    handle.addEventListener("pointerdown", (event) => this.#down(event, handle, nth));
    handle.addEventListener("pointermove", (event) => this.#move(event));
    for (const name of ["pointerup", "pointercancel"]) handle.addEventListener(name, () => this.#up());
    handle.addEventListener("mousedown", (event) => event.preventDefault()); // the focus stays where it is
    this.#overlay.append(handle);
    return handle;
  }

  #down(event, handle, nth) {
    if (event.button !== 0 || this.#drag) return;
    event.preventDefault();
    handle.setPointerCapture(event.pointerId);
    const box = edge(this.#words, this.#spans[nth >> 1], nth % 2 === 1);
    const middle = box.top + box.height / 2;
    this.#drag = { index: nth >> 1, isEnd: nth % 2 === 1, dx: box.x - event.clientX, dy: middle - event.clientY };
    this.#overlay.classList.add("dragging"); // what lies over the words lets the pointer through to them
  }

  #move({ clientX, clientY }) {
    if (!this.#drag) return;
    this.#scroll(clientX, clientY);
    const { index, isEnd, dx, dy } = this.#drag;
    const at = this.#nearest(clientX + dx, clientY + dy);
    const cp = at === null ? null : this.#fit(index, isEnd, at);
    if (cp === null || cp === this.#spans[index][isEnd ? 1 : 0]) return;
    this.#spans = this.#spans.map((span, nth) => (nth !== index ? span : isEnd ? [span[0], cp] : [cp, span[1]]));
    this.#onMove(index, isEnd ? "end" : "start", cp);
    this.#draw();
  }

  // At the window's edges, and over what lies fixed at them, the text scrolls for as long as the handle is held there.
  #scroll(clientX, clientY) {
    cancelAnimationFrame(this.#frame);
    const over = document.elementFromPoint(clientX, clientY)?.closest("#bench-bar, .sheet");
    const isCovered = over && ["fixed", "sticky"].includes(getComputedStyle(over).position);
    const isLow = clientY > window.innerHeight / 2;
    if (!isCovered && clientY >= EDGE && clientY <= window.innerHeight - EDGE) return;
    window.scrollBy({ top: isLow ? STEP : -STEP, behavior: "instant" });
    this.#frame = requestAnimationFrame(() => this.#move({ clientX, clientY }));
  }

  #up() {
    cancelAnimationFrame(this.#frame);
    this.#drag = null;
    this.#overlay.classList.remove("dragging");
  }

  // The code point at a place, or at the nearest place in the text.
  #nearest(x, y) {
    const { left, right, top, bottom } = this.#words.root.getBoundingClientRect();
    const within = (value, least, most) => Math.min(Math.max(value, least), most);
    return this.#words.at(
      within(x, left + 1, right - 1),
      within(y, Math.max(top, 0) + 1, Math.min(bottom, window.innerHeight) - 1),
    );
  }

  // Between whole characters, not across the passage's other end or into a neighbour, and without white space.
  #fit(index, isEnd, at) {
    const [start, end] = this.#spans[index];
    const before = this.#spans[index - 1]?.[1] ?? 0;
    const after = this.#spans[index + 1]?.[0] ?? this.#words.length;
    const range = isEnd ? [start, Math.min(at, after)] : [Math.max(at, before), end];
    const least = isEnd ? [start, this.#words.step(start, "character", 1)] : [this.#words.step(end, "character", -1), end];
    const fitted = (range[0] < range[1] && this.#words.trim(range)) || this.#words.trim(least);
    if (!fitted) return null;
    const cp = fitted[isEnd ? 1 : 0];
    return before <= cp && cp <= after ? cp : null;
  }
}

// Where the start or the end of a span is drawn: the edge of its first or last character, by the way that this runs.
function edge(words, span, isEnd) {
  const cluster = isEnd ? [words.step(span[1], "character", -1), span[1]] : [span[0], words.step(span[0], "character", 1)];
  const boxes = [...words.rangeOf(cluster).getClientRects()];
  const box = isEnd ? boxes.at(-1) : boxes[0];
  if (!box) return null;
  const isRight = runsLeft(words, cluster, box) !== isEnd;
  return { x: isRight ? box.right : box.left, top: box.top, height: box.height, isRight };
}

// Whether a character belongs to a right-to-left run: a caret before it then stands at its right edge.
function runsLeft(words, [start], box) {
  const [caret] = words.rangeOf([start, start]).getClientRects();
  const isAtEdge = caret && caret.top < box.bottom && caret.bottom > box.top;
  if (isAtEdge && Math.abs(caret.left - box.left) > 0.5) return Math.abs(caret.left - box.right) < Math.abs(caret.left - box.left);
  return isAtEdge ? false : getComputedStyle(words.place(start)[0].parentElement).direction === "rtl";
}
