import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { JOBS } from '../../src/jobs/job-log.ts';
import { read } from '../support/sources.ts';
import { credential, seedOf, startWorld } from './setup.ts';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: { readonly summary: string; readonly runbook: string };
}

const { groups } = parse(read('deploy/alerts.yml')) as { groups: readonly { rules: readonly Rule[] }[] };
const RULES = groups.flatMap(({ rules }) => rules);

/** The anchors that GitHub derives from headings. */
function anchorsOf(markdown: string): string[] {
  return [...markdown.matchAll(/^#{2,} (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );
}

/** The series that an expression queries: name, label, and each value that it names. */
function asked({ expr }: Rule): { readonly name: string; readonly label?: string; readonly value?: string }[] {
  return [...expr.matchAll(/\b(qs_creds_\w+)(?:\{(\w+)=~?"([^"]+)"\})?/g)].flatMap(([, name = '', label, values]) =>
    label === undefined ? [{ name }] : (values ?? '').split('|').map((value) => ({ name, label, value })),
  );
}

test('each alert queries series that the bot exports, and links to a section of the runbook', async () => {
  const world = await startWorld({ seed: seedOf(credential('airflow-dev')) });
  await world.ready();
  const lines = (await world.freshMetrics()).split('\n');
  const has = ({ name, label, value }: ReturnType<typeof asked>[number]) =>
    lines.some(
      (line) => line.startsWith(label === undefined ? name : `${name}{${label}="${value}"}`) && / [\d.e+]+$/.test(line),
    );
  expect(RULES.length).toBeGreaterThan(5);
  for (const rule of RULES) {
    expect(asked(rule), rule.alert).not.toEqual([]);
    expect(
      asked(rule).filter((series) => !has(series)),
      rule.alert,
    ).toEqual([]);
    // Each `by` is a label of that metric.
    const [, by] = /\bby \((\w+)\)/.exec(rule.expr) ?? [];
    if (by !== undefined) expect(lines.some((line) => line.startsWith(`${asked(rule)[0]?.name}{${by}="`))).toBe(true);
  }
  // The series of each job exists before its first failure, so that this counts as an increase.
  for (const job of JOBS) expect(lines).toContain(`qs_creds_job_failures_total{job="${job}"} 0`);

  const anchors = anchorsOf(read('docs/runbook.md'));
  for (const rule of RULES) {
    const [file, anchor = ''] = rule.annotations.runbook.split('#');
    expect(file).toBe('docs/runbook.md');
    const checks = asked(rule).flatMap(({ value }) => value ?? []);
    const places = anchor === '{{ $labels.check }}' ? checks : [anchor];
    expect(
      places.filter((place) => !anchors.includes(place)),
      rule.alert,
    ).toEqual([]);
  }
  // Every check of /readyz has an alert.
  const { body } = await world.ready();
  const covered = RULES.flatMap(asked).filter(({ label }) => label === 'check');
  expect(covered.map(({ value }) => value).sort()).toEqual(Object.keys((body as { checks: object }).checks).sort());
});

test('the links in and to the runbook lead to headings that exist', () => {
  const files = [
    'README.md',
    'CONTRIBUTING.md',
    ...['operation', 'runbook', 'adobe', 'reminders'].map((name) => `docs/${name}.md`),
  ];
  const dead = files.flatMap((file) =>
    [...read(file).matchAll(/\]\((?:docs\/)?([a-z]*\.md)?#([\w-]+)\)/g)]
      .filter(([, to, anchor = '']) => !anchorsOf(read(to === undefined ? file : `docs/${to}`)).includes(anchor))
      .map(([link]) => `${file}: ${link}`),
  );
  expect(dead).toEqual([]);
});
