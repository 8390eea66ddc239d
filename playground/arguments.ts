import { parseArgs } from 'node:util';
import { SCENES, type SceneName } from './scenes.ts';

export interface Arguments {
  /** 0: any free port. */
  readonly port: number;
  readonly scene: SceneName;
}

/** @throws {Error} that names the valid values and shows an example */
export function readArguments(args: readonly string[]): Arguments {
  const { values } = parseArgs({
    args: [...args],
    options: { port: { type: 'string', default: '4000' }, scene: { type: 'string', default: 'first-day' } },
  });
  const port = Number(values.port);
  if (!/^\d{1,5}$/.test(values.port) || port > 65_535)
    throw new Error('--port takes a number from 0 to 65535: npm run playground -- --port 4000');
  if (!isScene(values.scene))
    throw new Error(`--scene takes one of ${Object.keys(SCENES).join(', ')}: npm run playground -- --scene overdue`);
  return { port, scene: values.scene };
}

function isScene(name: string): name is SceneName {
  return Object.hasOwn(SCENES, name);
}
