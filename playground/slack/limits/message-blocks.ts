import type { Json } from '../json.ts';
import { checkList, checkOneOf, checkString, type LimitErrors } from './check.ts';
import { checkRichText } from './rich-text.ts';

export function checkTask(block: Json, at: string, errors: LimitErrors): void {
  checkString(block['task_id'], { max: 255, required: true }, `${at}.task_id`, errors);
  checkString(block['title'], { max: 3000, required: true }, `${at}.title`, errors);
  checkOneOf(block['status'] ?? null, ['pending', 'in_progress', 'complete', 'error'], `${at}.status`, errors);
  for (const key of ['details', 'output']) {
    if (block[key] !== undefined) checkRichText(block[key], `${at}.${key}`, errors);
  }
}

export function checkPlan(block: Json, at: string, errors: LimitErrors): void {
  checkString(block['title'], { max: 3000, required: true }, `${at}.title`, errors);
  if (block['tasks'] !== undefined) {
    for (const [i, task] of checkList(block['tasks'], { max: 50 }, `${at}.tasks`, errors).entries()) {
      checkTask(task, `${at}.tasks[${i}]`, errors);
    }
  }
}
