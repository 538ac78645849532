import { openIsolateSandbox } from '../../packages/sandbox/src/index.ts';
import { sandboxContract } from '../../packages/sandbox/src/sandbox.contract.ts';

sandboxContract(() => openIsolateSandbox({ threads: 2 }));
