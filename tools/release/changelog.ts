const UNRELEASED = '## [Unreleased]\n';

/**
 * The changelog with what was unreleased under a version, and room for what comes. `date`: `YYYY-MM-DD`.
 * @throws {Error} in words when nothing is unreleased, or the version is there already
 */
export function withRelease(changelog: string, version: string, date: string): string {
  if (sectionOf(changelog, version) !== null) throw new Error(`CHANGELOG.md has ${version} already.`);
  if (!sectionOf(changelog, 'Unreleased')) throw new Error('CHANGELOG.md says nothing under [Unreleased].');
  return changelog.replace(UNRELEASED, `${UNRELEASED}\n## [${version}] - ${date}\n`);
}

/** What the changelog says of a version, without its heading; null where it does not have it. */
export function sectionOf(changelog: string, version: string): string | null {
  const section = changelog.split(/^(?=## \[)/m).find((each) => each.startsWith(`## [${version}]`));
  return section === undefined ? null : section.replace(/^.*\n/, '').trim();
}
