import { describeStore } from '../store.contract.ts';
import { createMemoryStore } from './create-memory-store.ts';

describeStore('the memory store', async () => createMemoryStore());
