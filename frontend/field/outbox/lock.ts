/** Only one window sends at a time. Web Locks where there are any, otherwise a lease in the database. */
import { uuid7 } from "../../shared/ids";
import { database } from "../local/database";

const NAME = "dudao-outbox";
/** Alarms do not wait for what else is being sent. */
export const ALARMS = "dudao-outbox-alarms";
const LEASE_MS = 60_000;
const RENEW_MS = 15_000;

/** Runs the work if no other window is sending; answers whether it ran. */
export async function whileAlone(work: () => Promise<void>, name = NAME): Promise<boolean> {
  const locks = (globalThis.navigator as Navigator | undefined)?.locks;
  if (!locks) return whileLeased(work, name);
  return locks.request(name, { ifAvailable: true }, async (lock) => {
    if (!lock) return false;
    await work();
    return true;
  });
}

export async function whileLeased(work: () => Promise<void>, name = NAME): Promise<boolean> {
  const holder = uuid7();
  if (!(await takeLease(name, holder))) return false;
  const renewal = setInterval(() => void takeLease(name, holder), RENEW_MS);
  try {
    await work();
  } finally {
    clearInterval(renewal);
    await giveLeaseBack(name, holder);
  }
  return true;
}

async function giveLeaseBack(name: string, holder: string): Promise<void> {
  await database.transaction("rw", database.leases, async () => {
    if ((await database.leases.get(name))?.holder === holder) await database.leases.delete(name);
  });
}

async function takeLease(name: string, holder: string): Promise<boolean> {
  return database.transaction("rw", database.leases, async () => {
    const lease = await database.leases.get(name);
    const now = Date.now();
    // A lease from a clock that ran ahead would last for years; none is honoured beyond its length.
    const held = lease && lease.holder !== holder && lease.until > now && lease.until <= now + LEASE_MS;
    if (held) return false;
    await database.leases.put({ name, holder, until: now + LEASE_MS });
    return true;
  });
}
