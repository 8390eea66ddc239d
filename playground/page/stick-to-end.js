const CLOSE = 60;

/** Keeps the end of a list in sight while one looks at it: when something is added, and when the room for it changes. */
export class End {
  #node;
  #inSight = true;
  /** Whether the end is where one begins; else it is the top. */
  #followed = true;

  /** @param {HTMLElement} node the scrolling one */
  constructor(node) {
    this.#node = node;
    node.addEventListener('scroll', () => {
      this.#inSight = node.scrollHeight - node.scrollTop - node.clientHeight < CLOSE;
    });
    new ResizeObserver(() => this.keep()).observe(node);
  }

  /** After something was added. */
  keep() {
    if (this.#followed && this.#inSight) this.goTo();
  }

  goTo() {
    this.#followed = true;
    this.#inSight = true;
    this.#node.scrollTop = this.#node.scrollHeight;
  }

  /** To where something begins that is read from its top. */
  goToTop() {
    this.#followed = false;
    this.#node.scrollTop = 0;
  }
}
