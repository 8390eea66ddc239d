const TOLERANCE_PX = 60;

/** Keeps a scrolled list at its end when content is added or its size changes, unless the visitor scrolled away. */
export class StickToEnd {
  #node;
  #isAtEnd = true;
  /** False for content that is read from the top. */
  #isFollowed = true;

  /** @param {HTMLElement} node the scroll container */
  constructor(node) {
    this.#node = node;
    node.addEventListener('scroll', () => {
      this.#isAtEnd = node.scrollHeight - node.scrollTop - node.clientHeight < TOLERANCE_PX;
    });
    new ResizeObserver(() => this.keep()).observe(node);
  }

  /** Call after adding content. */
  keep() {
    if (this.#isFollowed && this.#isAtEnd) this.show();
  }

  show() {
    this.#isFollowed = true;
    this.#isAtEnd = true;
    this.#node.scrollTop = this.#node.scrollHeight;
  }

  /** Scrolls to the top of content that is read from there. */
  showTop() {
    this.#isFollowed = false;
    this.#node.scrollTop = 0;
  }
}
