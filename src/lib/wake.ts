/** Lets a use case wake the loop that works for it, which is built later and knows the use case. */
export class Wake {
  #listener: () => void = () => {};

  /** Called instead of waiting for the loop's next tick. */
  readonly wake = (): void => this.#listener();

  listen(listener: () => void): void {
    this.#listener = listener;
  }
}
