/** Where the time comes from; passed in, so that a test or the playground can move it. */
export interface Clock {
  now(): Date;
}
