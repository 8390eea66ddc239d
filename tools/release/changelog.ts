const UNRELEASED = '## [Unreleased]\n';

/**
 * Moves the unreleased entries under a new version and leaves an empty Unreleased section. `date`: `YYYY-MM-DD`.
 * @throws {Error} with a readable message when nothing is unreleased, or the changelog already has the version
 */
export function withRelease(changelog: string, version: string, date: string): string {
  if (sectionOf(changelog, version) !== null) throw new Error(`CHANGELOG.md has ${version} already.`);
  if (!sectionOf(changelog, 'Unreleased')) throw new Error('CHANGELOG.md says nothing under [Unreleased].');
  return changelog.replace(UNRELEASED, `${UNRELEASED}\n## [${version}] - ${date}\n`);
}

/** The changelog's section about a version, without its heading; null: there is none. */
export function sectionOf(changelog: string, version: string): string | null {
  const section = changelog.split(/^(?=## \[)/m).find((each) => each.startsWith(`## [${version}]`));
  return section === undefined ? null : section.replace(/^.*\n/, '').trim();
}
