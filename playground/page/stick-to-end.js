const TOLERANCE_PX = 60;

/** Keeps a scrolled list at its end when content is added or its size changes, unless the visitor scrolled away. */
export class StickToEnd {
  #node;
  #atEnd = true;
  /** False for content that is read from the top. */
  #followed = true;

  /** @param {HTMLElement} node the scroll container */
  constructor(node) {
    this.#node = node;
    node.addEventListener('scroll', () => {
      this.#atEnd = node.scrollHeight - node.scrollTop - node.clientHeight < TOLERANCE_PX;
    });
    new ResizeObserver(() => this.keep()).observe(node);
  }

  /** Call after adding content. */
  keep() {
    if (this.#followed && this.#atEnd) this.show();
  }

  show() {
    this.#followed = true;
    this.#atEnd = true;
    this.#node.scrollTop = this.#node.scrollHeight;
  }

  /** Scrolls to the top of content that is read from there. */
  showTop() {
    this.#followed = false;
    this.#node.scrollTop = 0;
  }
}
