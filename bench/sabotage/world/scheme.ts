/**
 * The seam between the world and a way of verifying. The world runs hosts on a virtual clock and knows who lies; a scheme hands
 * out units, sees answers, and says through its `Book` what it believes. Schemes never learn who is honest, nor what an answer means.
 */
import type { Draw } from './draw.ts';

/** `requestWork`: nothing for this host now; it asks again after `waitMs`. */
export const NO_UNIT = -1;
/** `requestWork`: this host gets no work, whatever there is: banned or suspended for `waitMs`. */
export const REFUSED = -2;

export interface Scheme {
  /** How long the host whose request was last turned down is told to wait; Infinity: for ever. */
  readonly waitMs: number;
  /** Called once for every identity, before its first request; `host` counts up from 0. One who was caught may come again under a new name. */
  hostJoined?(host: number, account: number, now: number): void;
  /** The index of a unit, `NO_UNIT` or `REFUSED`. A host holds one unit at a time. */
  requestWork(host: number, now: number, draw: Draw): number;
  /** `answer` is never `NO_ANSWER`. */
  receive(host: number, unit: number, answer: number, now: number, draw: Draw): void;
  /** The host never answered. */
  leaseExpired(host: number, unit: number, now: number): void;
  /** It gives the unit back. Absent: nothing is known of it but that its lease is over. */
  giveBack?(host: number, unit: number, now: number): void;
  /** Asked whenever every unit has an accepted answer: true ends the job; false: there is still something to audit, go on asking hosts. */
  finish(now: number, draw: Draw): boolean;
  /** What public pages tell of a host: its verified answers since it last lost its standing. Absent: they tell nothing. */
  standing?(host: number): number;
}

/** Where a scheme reports. What it reports can be taken back until the job ends. */
export interface Book {
  accept(unit: number, answer: number): void;
  reopen(unit: number): void;
  /** The author is told that there is no answer. */
  giveUp(unit: number): void;
  /** The accepted answer; `NO_ANSWER`: none; `GIVEN_UP`: and there will be none. */
  accepted(unit: number): number;
  /** The host gets no work any more. */
  ban(host: number): void;
  /** The host is told, by credit denied or otherwise, that an answer of its was not believed. */
  blame(host: number): void;
}

/** The coordinator's own runner: it is never wrong, and what it does is counted. */
export interface Referee {
  /** Computes the unit: one execution. */
  compute(unit: number): number;
  /** Runs the author's `check` on an answer: one check. */
  check(unit: number, answer: number): boolean;
}

export interface Job {
  readonly units: number;
  /** How many hosts there are at first. */
  readonly hosts: number;
  /** What the scheme is told to reckon with: the share of hosts that may lie. Schemes of our own take no notice. */
  readonly assumedLiars: number;
  /** At most one wrong answer in so many is asked for. */
  readonly wrongIn: number;
  /** What a unit takes a host of median speed. */
  readonly unitMs: number;
  readonly leaseMs: number;
}

export type SchemeMaker = (job: Job, book: Book, referee: Referee, draw: Draw) => Scheme;
