import type { Held, Volunteer } from './engine-world.ts';

/** The leases among all it was told and has not read yet; whatever else it was told is passed over. */
export function assigned(volunteer: Volunteer): Held[] {
  const { link } = volunteer;
  const held: Held[] = [];
  for (let type = link.unread[0]; type !== undefined; type = link.unread[0]) {
    if (type === 'assign') held.push(...volunteer.leases());
    else link.takeAll(type);
  }
  return held;
}
