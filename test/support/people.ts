import { PEOPLE, type Person } from '../../playground/slack/users.ts';
import type { Member, Migrator } from '../../src/access/access.ts';

export const ADMIN = 'U0ADMIN001';
export const SECOND = 'U0ADMIN002';
export const OWNER = 'U0OWNER001';
export const MEMBER = 'U0MEMBER01';
export const GUEST = 'U0GUEST001';
export const LEFT = 'U0LEFT0001';
export const STRANGER = 'U0STRANGE1';
export const ROBOT = 'U0ROBOT001';

/** A channel that the app is in. */
export const DATA = 'C0DATA0001';
/** A channel shared with another company; the app is in it. */
export const SHARED = 'C0SHARED01';
/** A channel that the app is not in. */
export const RANDOM = 'C0RANDOM01';

/** A member as `Access` admits one. */
export function member(id: string): Member {
  return { id, email: null, mayMigrate: false } as Member;
}

/** A migrator as `Access` admits one. */
export function migrator(id: string): Migrator {
  return { id, email: null, mayMigrate: true } as Migrator;
}

const MORE: readonly Person[] = [
  {
    id: STRANGER,
    name: 'stranger',
    realName: 'Stranger',
    role: 'of another workspace',
    email: 'stranger@example.com',
    isAdmin: true,
    isStranger: true,
  },
  { id: ROBOT, name: 'robot', realName: 'Robot', role: 'bot', email: 'robot@example.com', isAdmin: true, isBot: true },
];

/** All people of the workspace. */
export function people(): Person[] {
  return [...PEOPLE, ...MORE];
}

/** The members of the channels: everyone except the deactivated person. */
export const MEMBERS: readonly string[] = people()
  .map(({ id }) => id)
  .filter((id) => id !== LEFT);
