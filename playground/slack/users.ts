/** A person in the local workspace, with the fields of `users.info`. */
export interface Person {
  readonly id: string;
  /** Slack's user name. */
  readonly name: string;
  readonly realName: string;
  /** As shown to the visitor: "workspace admin", "member", "guest". */
  readonly role: string;
  readonly email: string;
  readonly tz?: string;
  readonly isAdmin?: boolean;
  readonly isOwner?: boolean;
  readonly isPrimaryOwner?: boolean;
  /** A multi-channel guest; a single-channel guest is ultra restricted too. */
  readonly isRestricted?: boolean;
  readonly isUltraRestricted?: boolean;
  /** Someone from another workspace, in a shared channel. */
  readonly isStranger?: boolean;
  readonly isBot?: boolean;
  readonly deleted?: boolean;
}

/** The playground's people. Some of them own credentials in the simulated Adobe. */
export const PEOPLE = [
  {
    id: 'U0ADMIN001',
    name: 'admin',
    realName: 'Admin',
    role: 'workspace admin',
    email: 'admin@example.com',
    isAdmin: true,
  },
  {
    id: 'U0ADMIN002',
    name: 'second.admin',
    realName: 'Second admin',
    role: 'workspace admin',
    email: 'second.admin@example.com',
    isAdmin: true,
  },
  { id: 'U0OWNER001', name: 'owner', realName: 'Owner', role: 'owner of credentials', email: 'owner@example.com' },
  {
    id: 'U0OWNER002',
    name: 'bi-team',
    realName: 'BI team',
    role: 'owner of credentials',
    email: 'bi-team@example.com',
  },
  { id: 'U0MEMBER01', name: 'member', realName: 'Member', role: 'member', email: 'member@example.com' },
  {
    id: 'U0GUEST001',
    name: 'guest',
    realName: 'Guest',
    role: 'guest',
    email: 'guest@example.com',
    isRestricted: true,
    isUltraRestricted: true,
  },
  { id: 'U0LEFT0001', name: 'left', realName: 'Left', role: 'deactivated', email: 'left@example.com', deleted: true },
] as const satisfies readonly Person[];
