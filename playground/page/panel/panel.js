/** @import { ConsoleStep, FaultId, Move, PanelAction, PanelState, SlackFaultId } from '../../panel/contract.ts' */
/** @import { PageActionResult } from '../../slack/contract.ts' */
import { confirmDialog } from '../confirm.js';
import { byId, whileBusy } from '../dom.js';
import { events } from '../events.js';
import { drawAdobe } from './adobe.js';
import { drawBot } from './bot.js';
import { drawCalls } from './calls.js';
import { showTabs } from './tabs.js';
import { write } from './text.js';
import { drawClock, drawTime } from './time.js';

const READ_INTERVAL_MS = 250;
const NO_NAMES = { people: new Map(), channels: new Map() };

const panel = byId('panel');
const find = /** @type {HTMLInputElement} */ (byId('find'));

/** @type {PanelState | null} */
let state = null;
/** The minute of the playground's clock at the last drawing. */
let drawnAt = '';

/** @type {Promise<unknown>} */
let pause = Promise.resolve();
/** @type {Promise<void> | null} */
let nextReading = null;

/** Reads and draws the panel, at most four times a second; every caller waits for a read that starts after the call. */
function refresh() {
  nextReading ??= pause.then(() => {
    nextReading = null;
    const reading = readPanel();
    pause = reading.then(() => new Promise((resolve) => setTimeout(resolve, READ_INTERVAL_MS)));
    return reading;
  });
  return nextReading;
}

async function readPanel() {
  const response = await fetch(`/playground/panel?${new URLSearchParams({ find: find.value })}`).catch(() => null);
  // The page itself reports a lost connection, and a local Slack outside the playground has no panel.
  if (!response || response.status === 404) return;
  write('panel-unread', response.ok ? '' : `The panel cannot be read: status ${response.status}`);
  if (!response.ok) return;
  state = /** @type {PanelState} */ (await response.json());
  draw(state);
}

/** The playground's clock. @param {PanelState} panelState */
function clockOf({ time }) {
  return new Date(Date.now() + time.aheadMs);
}

function draw(/** @type {PanelState} */ panelState) {
  const clock = clockOf(panelState);
  byId('panel-bar').hidden = false;
  byId('scene').hidden = false;
  write('scene-name', panelState.scene.name);
  write('scene-about', panelState.scene.about);
  drawTime(panelState, clock);
  drawAdobe(panelState);
  drawCalls(panelState);
  drawBot(panelState);
  showTabs();
  drawnAt = minuteOf(clock);
}

function minuteOf(/** @type {Date} */ at) {
  return at.toISOString().slice(0, 16);
}

function tick() {
  if (!state) return;
  const clock = clockOf(state);
  drawClock(state.time, clock);
  // Migrations and days end by time alone, without an event.
  if (state.adobe.migrating > 0 || minuteOf(clock) !== drawnAt) void refresh();
}

/** @param {PanelAction} action */
async function perform(action) {
  const problem = byId('panel-problem');
  problem.textContent = '';
  const result = await send(action);
  if (!result.ok) problem.textContent = result.error;
  await refresh();
}

/**
 * @param {PanelAction} action
 * @returns {Promise<PageActionResult>}
 */
async function send(action) {
  try {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch('/playground/panel', { method: 'POST', headers, body: JSON.stringify(action) });
    return await response.json();
  } catch (error) {
    return { ok: false, error: `The playground did not respond: ${error}` };
  }
}

/**
 * The action of a control, from its data-panel: the kind and the target.
 * @param {HTMLElement} control
 * @returns {PanelAction}
 */
function actionOf(control) {
  const [kind, what, step] = control.dataset['panel']?.split(' ') ?? [];
  const { checked, valueAsNumber } = /** @type {HTMLInputElement} */ (control);
  switch (kind) {
    case 'move':
      return { kind, to: /** @type {Move} */ (what) };
    case 'fault':
      return { kind, id: /** @type {FaultId} */ (what), on: checked };
    case 'slack-fault':
      return { kind, id: /** @type {SlackFaultId} */ (what), on: checked };
    case 'migration-seconds':
      return { kind, seconds: valueAsNumber };
    case 'in-console':
      return { kind, id: what ?? '', what: /** @type {ConsoleStep} */ (step) };
    case 'migrate-elsewhere':
    case 'delete':
      return { kind, id: what ?? '' };
    default:
      return { kind: /** @type {'kill' | 'start' | 'kill-and-start'} */ (kind) };
  }
}

function confirmDelete(/** @type {string} */ name) {
  const text = `Delete ${name} in Adobe? Its schedules stop, and it cannot be restored.`;
  return confirmDialog(
    {
      title: { text: 'Delete in Adobe' },
      text: { type: 'plain_text', text },
      confirm: { text: 'Delete' },
      deny: { text: 'Keep' },
      style: 'danger',
    },
    NO_NAMES,
  );
}

panel.addEventListener('click', async ({ target }) => {
  const button = target instanceof Element ? target.closest('button') : null;
  if (!button?.dataset['panel'] || button.ariaDisabled === 'true') return;
  const { name } = button.dataset;
  if (name !== undefined && !(await confirmDelete(name))) return;
  await whileBusy(button, () => perform(actionOf(button)));
});

panel.addEventListener('change', ({ target }) => {
  if (target instanceof HTMLInputElement && target.dataset['panel'] && target.reportValidity())
    void perform(actionOf(target));
});

find.addEventListener('input', refresh);

await refresh();
// Without a panel only the hints are shown, and there is nothing to refresh.
if (state) {
  // Also on `message`: when the Slack changed, its calls and the windows may have changed too.
  for (const type of ['open', 'panel', 'message']) events.addEventListener(type, refresh);
  setInterval(tick, 1000);
}
