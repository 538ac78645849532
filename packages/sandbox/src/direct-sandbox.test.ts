import { createDirectSandbox } from './direct-sandbox.ts';
import { sandboxContract } from './sandbox.contract.ts';

sandboxContract(async () => createDirectSandbox());
