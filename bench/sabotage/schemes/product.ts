/**
 * The product's own policies in the simulator: adapters that let the coordinator's domain code decide, not copies of it.
 * Each is a `SchemeMaker`: it translates `requestWork` and `receive` into the domain's commands and the domain's decisions into `Book`
 * reports; `referee.check` stands for the author's `check`, `referee.compute` for the coordinator's own runner.
 */
import type { SchemeMaker } from '../world/scheme.ts';

export const PRODUCT: Readonly<Record<string, SchemeMaker>> = {};
