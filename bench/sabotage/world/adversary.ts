/** The other side: how the hosts that are not simply honest behave. One adversary moves them all, so they know what any of them knows. */
import type { Draw } from './draw.ts';

/** What they can find out without breaking into the coordinator. */
export interface Insight {
  readonly draw: Draw;
  readonly units: number;
  readonly hosts: number;
  /** A number nobody else knows, that all of them share. */
  readonly secret: number;
  /** Answers of this identity that count towards being trusted, as far as it can tell: what public pages say, else what it has answered since it was last blamed. */
  standing(host: number): number;
  /** Answers this identity has given, blamed or not. */
  answers(host: number): number;
  /** Whether this identity was ever told that an answer of its was not believed. */
  wasBlamed(host: number): boolean;
  /** Share of the job's units that have an accepted answer: every job shows it. */
  progress(): number;
}

export interface Adversary {
  /** What `host` will say about the unit it was just given. */
  answer(host: number, unit: number): number;
  /** Whether `host` gives the unit it was just given back at once, and asks for another; absent: never. */
  declines?(host: number, unit: number): boolean;
  /** Whether it comes back under a new name whenever it is refused work. */
  readonly freeIdentities: boolean;
  /** Whether `host` drops its name now, before it asks for work, and takes the time to get another; absent: never. */
  renews?(host: number): boolean;
  /** When the machine number `at` of `count` first appears, in ms; absent: all at the start. */
  startsAt?(at: number, count: number): number;
}

export type AdversaryMaker = (insight: Insight) => Adversary;
