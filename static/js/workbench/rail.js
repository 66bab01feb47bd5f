// The rail: each card and the open form beside the words that it stands for, as comments beside a document.
//
// Wide: the open form, else the active card, stands exactly beside its passage; the others as near to theirs as they
// can, in the order of the text, never one over another. Narrow: nothing is moved, they follow the text.

const GAP = 8;
const WIDE = matchMedia("(min-width: 1000px)");
const watched = new WeakMap(); // a rail → {resize, items}: what makes it arrange itself again

export function arrange(words, rail) {
  watch(words, rail);
  const items = itemsOf(rail);
  rail.classList.toggle("placed", WIDE.matches);
  if (!WIDE.matches) {
    for (const item of items) item.style.top = "";
    rail.style.minHeight = "";
    return;
  }
  const list = rail.querySelector("#cards");
  const floor = list ? list.getBoundingClientRect().top - rail.getBoundingClientRect().top : 0;
  const boxes = measure(words, rail, items, floor);
  const bottom = place(boxes, floor);
  for (const { item, top } of boxes) item.style.top = `${top}px`;
  rail.style.minHeight = `${bottom}px`;
}

// What stands in the list, and a form that stands beside it.
function itemsOf(rail) {
  return [...rail.querySelectorAll("#cards > *, form[data-spans]:not(#cards *)")].filter((item) => !item.hidden);
}

// Everything is read before anything is written: the page is laid out once.
function measure(words, rail, items, floor) {
  const origin = rail.getBoundingClientRect().top;
  const boxes = items.map((item, nth) => {
    const start = startOf(item);
    const wish = start === null ? floor : Math.max(floor, topOf(words, start) - origin);
    return { item, nth, isForm: Boolean(formOf(item)), start: start ?? -1, wish, height: item.getBoundingClientRect().height, top: 0 };
  });
  return boxes.sort((a, b) => a.start - b.start || a.nth - b.nth);
}

// Where an item's words begin; null where they have no place in this text.
function startOf(item) {
  const { id, current, spans = formOf(item)?.dataset.spans } = item.dataset;
  if (!spans || (id && current === undefined)) return null;
  return JSON.parse(spans)[0]?.[0] ?? null;
}

function formOf(item) {
  if (item.dataset.id) return null; // a card: there are hundreds
  return item.matches("form") ? item : item.querySelector("form[data-spans]");
}

function topOf(words, cp) {
  const range = words.rangeOf([cp, Math.min(words.length, cp + 1)]);
  return (range.getClientRects()[0] ?? range.getBoundingClientRect()).top;
}

// Set the tops; answer where the last one ends.
export function place(boxes, floor) {
  const pin = boxes.find(({ isForm }) => isForm) ?? boxes.find(({ item }) => "active" in item.dataset);
  const at = boxes.indexOf(pin);
  let above = at < 0 ? [] : boxes.slice(0, at);
  const room = roomAbove(above, pin, floor);
  const late = above.slice(0, above.length - room); // no room is left above: they follow at once below
  above = above.slice(above.length - room);
  stack(above, floor);
  if (pin) {
    pin.top = pin.wish;
    above.reduceRight((next, box) => (box.top = Math.min(box.top, next - GAP - box.height)), pin.top);
  }
  return stack([...late, ...boxes.slice(at + 1)], pin ? pin.top + pin.height + GAP : floor);
}

// How many of the nearest ones fit between the floor and the pinned one.
function roomAbove(above, pin, floor) {
  let [room, left] = [0, pin ? pin.wish - floor : 0];
  for (const box of above.toReversed()) {
    left -= box.height + GAP;
    if (left < 0) break;
    room += 1;
  }
  return room;
}

function stack(boxes, from) {
  let next = from;
  for (const box of boxes) {
    box.top = Math.max(box.wish, next);
    next = box.top + box.height + GAP;
  }
  return next;
}

// Once for each rail: arrange it again when the text or one of its items changes its size.
function watch(words, rail) {
  if (!watched.has(rail)) {
    let asked = 0;
    const again = () => {
      cancelAnimationFrame(asked);
      asked = requestAnimationFrame(() => arrange(words, rail));
    };
    const resize = new ResizeObserver(again);
    resize.observe(words.root);
    WIDE.addEventListener("change", again);
    document.fonts?.ready.then(again);
    watched.set(rail, { resize, items: new WeakSet() });
  }
  const { resize, items } = watched.get(rail);
  for (const item of itemsOf(rail)) {
    if (items.has(item)) continue;
    items.add(item);
    resize.observe(item);
  }
}
