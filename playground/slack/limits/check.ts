import { isJson, type Json, stringOf } from '../json.ts';

/** What Slack would reject, each with its place: "blocks[2].text: longer than 3000 characters (3012)". */
export type LimitErrors = string[];

/** Slack rejects unknown fields. */
export function checkKeys(value: Json, allowed: readonly string[], at: string, errors: LimitErrors): void {
  for (const key of Object.keys(value)) {
    if (!allowed.includes(key)) errors.push(`${at}: invalid additional property: ${key}`);
  }
}

interface StringRule {
  readonly max: number;
  readonly min?: number;
  readonly required?: boolean;
}

export function checkString(value: unknown, rule: StringRule, at: string, errors: LimitErrors): void {
  if (value === undefined) {
    if (rule.required === true) errors.push(`${at}: missing`);
    return;
  }
  if (typeof value !== 'string') errors.push(`${at}: not a string`);
  else if (value.length < (rule.min ?? 1)) errors.push(`${at}: must not be empty`);
  else if (value.length > rule.max) {
    errors.push(`${at}: longer than ${rule.max} characters (${value.length})`);
  }
}

interface TextRule {
  readonly max: number;
  readonly plain?: boolean;
  readonly mrkdwn?: boolean;
  readonly required?: boolean;
}

/** A text object: `plain_text` or `mrkdwn`, never empty. */
export function checkText(value: unknown, rule: TextRule, at: string, errors: LimitErrors): void {
  if (value === undefined) {
    if (rule.required === true) errors.push(`${at}: missing`);
    return;
  }
  if (!isJson(value)) {
    errors.push(`${at}: not a text object`);
    return;
  }
  const type = stringOf(value['type']);
  let allowed = ['plain_text', 'mrkdwn'];
  if (rule.plain === true) allowed = ['plain_text'];
  else if (rule.mrkdwn === true) allowed = ['mrkdwn'];
  if (!allowed.includes(type)) errors.push(`${at}: must be ${allowed.join(' or ')}, not ${type || 'untyped'}`);
  checkKeys(value, type === 'mrkdwn' ? ['type', 'text', 'verbatim'] : ['type', 'text', 'emoji'], at, errors);
  checkString(value['text'], { max: rule.max, required: true }, `${at}.text`, errors);
}

/** Checks a list and its size; returns the objects in it for further checks. */
export function checkList(
  value: unknown,
  rule: { readonly min?: number; readonly max: number },
  at: string,
  errors: LimitErrors,
): readonly Json[] {
  if (!Array.isArray(value)) {
    errors.push(`${at}: not a list`);
    return [];
  }
  const min = rule.min ?? 1;
  if (value.length < min) errors.push(`${at}: fewer than ${min} items`);
  if (value.length > rule.max) errors.push(`${at}: more than ${rule.max} items (${value.length})`);
  if (!value.every(isJson)) errors.push(`${at}: an item is not an object`);
  return value.filter(isJson);
}

export function checkOneOf(value: unknown, allowed: readonly unknown[], at: string, errors: LimitErrors): void {
  if (value !== undefined && !allowed.includes(value)) errors.push(`${at}: must be one of ${allowed.join(', ')}`);
}

export function checkFlags(value: Json, names: readonly string[], at: string, errors: LimitErrors): void {
  for (const name of names) checkOneOf(value[name], [true, false], `${at}.${name}`, errors);
}

export function checkUrl(
  value: unknown,
  { required = false }: { readonly required?: boolean },
  at: string,
  errors: LimitErrors,
): void {
  checkString(value, { max: 3000, required }, at, errors);
  if (typeof value === 'string' && !/^[a-z][a-z0-9+.-]*:\S+$/i.test(value)) errors.push(`${at}: not a URL`);
}

/** Reports each duplicate value. */
export function checkUnique(values: readonly string[], what: string, at: string, errors: LimitErrors): void {
  for (const value of new Set(values.filter((v, i) => v !== '' && values.indexOf(v) !== i))) {
    errors.push(`${at}: ${what} "${value}" is used twice`);
  }
}
