/** Whether this is the id of a public or private channel: direct messages begin with D, people with U or W. */
export function isChannelId(id: string): boolean {
  return /^[CG]/.test(id);
}
