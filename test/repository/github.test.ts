import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { environmentSchema } from '../../src/config/schema.ts';
import { filesOf, ROOT, read } from '../support/sources.ts';

const { scripts, engines } = JSON.parse(read('package.json'));
const FILES = filesOf('.github');
const WORKFLOWS = FILES.filter((file) => file.startsWith('.github/workflows/'));
const FORMS = FILES.filter((file) => file.startsWith('.github/ISSUE_TEMPLATE/') && !file.endsWith('config.yml'));

const step = z.object({
  uses: z.string().optional(),
  run: z.string().optional(),
  with: z.record(z.string(), z.unknown()).optional(),
});
const job = z.object({
  uses: z.string().optional(),
  permissions: z.record(z.string(), z.string()).optional(),
  'timeout-minutes': z.number().optional(),
  strategy: z.object({ matrix: z.object({ node: z.array(z.number()) }) }).optional(),
  steps: z.array(step).default([]),
});
const workflow = z.object({ permissions: z.unknown(), jobs: z.record(z.string(), job) });

const JOBS = WORKFLOWS.flatMap((file) =>
  Object.entries(workflow.parse(parse(read(file))).jobs).map(([name, each]) => ({ name: `${file}: ${name}`, ...each })),
);
const STEPS = JOBS.flatMap(({ name, steps }) => steps.map((each) => ({ name, ...each })));

/** The npm scripts that a text runs. */
function scriptsIn(text: string): string[] {
  return [...text.matchAll(/\bnpm (?:run )?([a-z][\w:-]*)/g)]
    .map(([, name = '']) => name)
    .filter((name) => name !== 'ci' && name !== 'audit');
}

describe('the workflows', () => {
  test('may read the code and nothing more, except the job that publishes a release', () => {
    expect(WORKFLOWS.length).toBe(2);
    for (const file of WORKFLOWS)
      expect(workflow.parse(parse(read(file))).permissions, file).toEqual({ contents: 'read' });
    const more = JOBS.filter(({ permissions }) => permissions !== undefined);
    expect(more.map(({ name, permissions }) => [name, permissions])).toEqual([
      ['.github/workflows/release.yml: publish', { contents: 'write' }],
    ]);
  });

  test('name each action by its commit and its version, and the workflows of their own by a file that exists', () => {
    const text = WORKFLOWS.map(read).join('\n');
    const used = [...text.matchAll(/uses: (.*)/g)].map(([, action = '']) => action);
    const foreign = used.filter((action) => !action.startsWith('./'));
    expect(foreign.length).toBeGreaterThan(5);
    expect(foreign.filter((action) => !/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(action))).toEqual([]);
    expect(used.filter((action) => action.startsWith('./') && !existsSync(join(ROOT, action)))).toEqual([]);
  });

  test('leave no token in the checked-out folder, and end every job that hangs', () => {
    const checkouts = STEPS.filter(({ uses }) => uses?.startsWith('actions/checkout@'));
    expect(checkouts.filter((each) => each.with?.['persist-credentials'] !== false)).toEqual([]);
    expect(JOBS.filter((each) => each.uses === undefined && each['timeout-minutes'] === undefined)).toEqual([]);
  });

  test('run only scripts and files that exist', () => {
    const commands = STEPS.flatMap(({ run = '' }) => run);
    expect(commands.flatMap(scriptsIn).filter((name) => !(name in scripts))).toEqual([]);
    const files = commands.flatMap((command) => /\bnode (\S+)/.exec(command)?.[1] ?? []);
    expect(files.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
  });

  test('put nothing from outside into a command', () => {
    expect(STEPS.filter(({ run }) => run?.includes('${{'))).toEqual([]);
  });

  test('run all that .ci/run does, on the oldest Node.js that is supported and on a newer one', () => {
    const ci = read('.github/workflows/ci.yml');
    expect(scriptsIn(read('.ci/run').replace(/^#.*$/gm, '')).filter((name) => !scriptsIn(ci).includes(name))).toEqual(
      [],
    );
    const versions = JOBS.flatMap(({ strategy }) => strategy?.matrix.node ?? []);
    expect(versions[0]).toBe(Number.parseInt(engines.node.replace('>=', ''), 10));
    expect(versions[1]).toBeGreaterThan(versions[0] ?? 0);
  });
});

describe('the issue forms', () => {
  test.each(FORMS)('%s has what GitHub requires of a form', (file) => {
    const field = z.object({
      type: z.enum(['markdown', 'textarea', 'input', 'dropdown', 'checkboxes']),
      id: z.string().optional(),
      attributes: z.record(z.string(), z.unknown()),
    });
    const form = z.object({
      name: z.string(),
      description: z.string(),
      labels: z.array(z.string()),
      body: z.array(field),
    });
    const { body } = form.parse(parse(read(file)));
    const fields = body.filter(({ type }) => type !== 'markdown');
    expect(new Set(fields.map(({ id }) => id)).size).toBe(fields.length);
    expect(fields.filter(({ attributes }) => typeof attributes['label'] !== 'string')).toEqual([]);
    expect(scriptsIn(read(file)).filter((name) => !(name in scripts))).toEqual([]);
  });

  test('a bug names one of the methods that there are', () => {
    const { body } = parse(read('.github/ISSUE_TEMPLATE/bug.yml'));
    const { attributes } = body.find(({ id }: { id?: string }) => id === 'method');
    const { properties } = z.toJSONSchema(environmentSchema, { io: 'input', unrepresentable: 'any' });
    expect(properties?.['MIGRATION_METHOD']).toMatchObject({ enum: attributes.options });
  });
});

test('updates are proposed for packages that are used', () => {
  const { updates } = parse(read('.github/dependabot.yml'));
  const { dependencies, devDependencies } = JSON.parse(read('package.json'));
  expect(updates.map((each: { 'package-ecosystem': string }) => each['package-ecosystem'])).toEqual([
    'npm',
    'github-actions',
  ]);
  const ignored = updates[0].ignore.map((each: { 'dependency-name': string }) => each['dependency-name']);
  expect(ignored.filter((name: string) => !(name in { ...dependencies, ...devDependencies }))).toEqual([]);
});
