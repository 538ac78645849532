/** Accounts' names where they gave one; else a word and the last letters of the id, so that two strangers can be told apart (PG13). */
const anonymous = (account: string): string => `Anonymous ${account.slice(-4)}`;

export const volunteerName = (name: string | null, account: string): string => name ?? anonymous(account);

/** For lists that hold a name, or an account's id where there is none. */
export const nameOrAnonymous = (nameOrAccount: string): string =>
  /^account_[A-Za-z0-9_-]{22}$/.test(nameOrAccount) ? anonymous(nameOrAccount) : nameOrAccount;
