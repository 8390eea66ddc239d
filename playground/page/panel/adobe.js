/** @import { AdobeState, PanelAdobe, PanelFault, PanelState } from '../../panel/contract.ts' */
import { byId, el, reconcile } from '../dom.js';
import { drawCredential, STATES } from './credential.js';
import { write } from './text.js';

const seconds = /** @type {HTMLInputElement} */ (byId('migration-seconds'));

/** @param {PanelState} state */
export function drawAdobe({ adobe, slackFaults, time }) {
  drawCounts(adobe.counts);
  // Keep unfinished input.
  if (document.activeElement !== seconds) seconds.value = String(adobe.migrationSeconds);
  drawFaults('fault', adobe.faults);
  drawFaults('slack-fault', slackFaults);
  const active = [...adobe.faults, ...slackFaults].filter(({ on }) => on);
  reconcile(
    byId('faults-on'),
    active.map(({ id, label }) => ({ key: id, data: label })),
    (label) => el('li', {}, label),
  );
  write('credentials-found', summary(adobe));
  const rows = adobe.credentials.map((credential) => ({ key: credential.id, data: credential }));
  reconcile(byId('credentials'), rows, (credential, before) => drawCredential(credential, before, time.timeZone));
}

/** @param {PanelAdobe['counts']} counts */
function drawCounts(counts) {
  const states = /** @type {AdobeState[]} */ (Object.keys(STATES));
  const shares = states.map((state) => ({ key: state, data: { state, count: counts[state] } }));
  reconcile(byId('shares'), shares, ({ state, count }) => {
    const share = el('span', { 'data-state': state, hidden: count === 0 });
    share.style.setProperty('flex-grow', String(count));
    return share;
  });
  reconcile(byId('counts'), shares, ({ state, count }) =>
    el('li', { 'data-state': state }, el('b', {}, count.toLocaleString('en')), ` ${STATES[state]}`),
  );
}

/** @param {'fault' | 'slack-fault'} kind @param {readonly PanelFault[]} faults */
function drawFaults(kind, faults) {
  const rows = faults.map(({ id, label, about }) => ({ key: id, data: { id, label, about } }));
  reconcile(byId(`${kind}s`), rows, ({ id, label, about }) => drawFault(kind, id, label, about));
  for (const { id, on } of faults) {
    const input = /** @type {HTMLInputElement} */ (byId(`fault-${id}`));
    // While a change is pending, show the visitor's choice.
    if (input.ariaBusy !== 'true') input.checked = on;
  }
}

/** @param {string} kind @param {string} id @param {string} label @param {string} about */
function drawFault(kind, id, label, about) {
  const input = el('input', {
    type: 'checkbox',
    role: 'switch',
    id: `fault-${id}`,
    'aria-describedby': `fault-${id}-about`,
    'data-panel': `${kind} ${id}`,
  });
  return el('li', {}, input, el('label', { for: input.id }, label), el('small', { id: `fault-${id}-about` }, about));
}

/** @param {PanelAdobe} adobe */
function summary({ credentials, matching, total }) {
  const all = total.toLocaleString('en');
  if (matching === 0) return total === 0 ? 'There are none.' : `None of ${all} match.`;
  if (credentials.length < matching)
    return `The first ${credentials.length} of ${matching.toLocaleString('en')}; ${all} in all`;
  return matching < total ? `${matching} of ${all}` : `${all} in all`;
}
