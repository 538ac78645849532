import { SCENARIOS } from '../adversaries/catalogue.ts';
import type { Cell } from '../cell.ts';

/** `2.4e-2`. */
export const shownRate = (rate: number): string => rate.toExponential(1);

export function shownWrong({ wrong, wrongRate, wrongLow, wrongHigh }: Cell): string {
  return wrong === 0 ? `0 (below ${shownRate(wrongHigh)})` : `${shownRate(wrongRate)} (${shownRate(wrongLow)} to ${shownRate(wrongHigh)})`;
}

/** `∞`: not one was accepted. `-`: nobody lies on purpose. */
export function shownPrice({ wrong, priceOfALie, scenario }: Cell): string {
  if (SCENARIOS[scenario]?.adverse !== 'liars') return '-';
  return wrong === 0 || priceOfALie === null ? '∞' : priceOfALie.toFixed(1);
}

/** Two digits after the point. */
export const shownCost = (cost: number): string => cost.toFixed(2);
