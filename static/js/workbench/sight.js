/* What stands where on the screen: the passage and its form in sight together, and nothing that moves under the eyes. */

const SHEET = matchMedia("(max-width: 999px)"); // the form is a sheet over the lower part of the screen
const AIR = 16; // px
const LIST = 160; // px below a form for the list of its last field

export class Sight {
  #root;
  #words;

  constructor(root, words) {
    this.#root = root;
    this.#words = words;
    visualViewport?.addEventListener("resize", () => this.#overKeyboard());
  }

  /** A passage, somewhere in sight. */
  passage(span) {
    const { top, bottom } = this.#boxOf(span);
    if (top < this.#ceiling || bottom > innerHeight) scroll(top - innerHeight / 3);
  }

  /** An open form and the first of its passages. */
  form({ spans, element }) {
    if (!spans.length) return element.scrollIntoView({ block: "nearest" });
    const { top, bottom } = this.#boxOf(spans[0]);
    const above = top - this.#ceiling;
    const below = SHEET.matches ? bottom - innerHeight * 0.4 : element.getBoundingClientRect().bottom + LIST - innerHeight;
    scroll(above < 0 ? above : Math.min(Math.max(0, below), above));
  }

  /** So many more pixels below a field of the form, for its list: the field and the passage stay in sight. */
  room(need, { spans, element }) {
    const before = element.scrollTop;
    if (SHEET.matches) {
      const above = document.activeElement.getBoundingClientRect().top - element.querySelector("header").getBoundingClientRect().bottom - AIR;
      element.scrollTop += Math.max(0, Math.min(need, above));
      return;
    }
    const [first] = spans;
    const slack = first ? Math.max(0, this.#boxOf(first).top - this.#ceiling) : need;
    scroll(Math.min(need, slack));
    if (need > slack) element.scrollTop = before + need - slack;
  }

  /** Do something to the page without moving what is looked at. */
  still(change) {
    const anchor = this.#lookedAt();
    const before = anchor?.getBoundingClientRect().top;
    change();
    if (anchor?.isConnected) scroll(anchor.getBoundingClientRect().top - before);
  }

  #lookedAt() {
    const held = document.activeElement?.closest("#cards > *");
    const inSight = ({ bottom, top }) => bottom > 0 && top < innerHeight;
    return [held, this.#words.root, ...this.#root.querySelector("#cards").children].find((one) => one && inSight(one.getBoundingClientRect()));
  }

  /** A keyboard on the screen lies over what is fixed at its foot: the sheet stands on it. */
  #overKeyboard() {
    const covered = Math.max(0, innerHeight - visualViewport.height - visualViewport.offsetTop);
    this.#root.style.setProperty("--keyboard", `${Math.round(covered)}px`);
  }

  get #ceiling() {
    return Math.max(0, this.#root.querySelector("#bench-bar").getBoundingClientRect().height) + AIR;
  }

  #boxOf(span) {
    return this.#words.rangeOf(span).getBoundingClientRect();
  }
}

function scroll(by) {
  if (Math.abs(by) >= 1) scrollBy({ top: by, behavior: "instant" });
}
