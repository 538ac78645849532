import { describeStore } from '../store.contract.ts';
import { openSqliteStore } from './sqlite-store.ts';
import { temporaryFolder } from './temporary-folder.contract.ts';

describeStore('SQLite in memory', () => openSqliteStore(null));
describeStore('SQLite in a file', () => openSqliteStore(temporaryFolder()));
