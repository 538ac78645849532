import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { creditLines, creditOf } from './account-credit.ts';

const ACCOUNT = `account_${'a'.repeat(22)}`;
const view = {
  account: ACCOUNT,
  name: 'Ada',
  team: null,
  credit: 1234.5,
  recentCredit: 4.25,
  validResults: 7,
  hosts: 1,
  ranks: { total: 3, recent: null },
  asOf: 1,
  invalidResults: 0,
  days: [{ day: '2026-11-22', credit: 0.5, validResults: 1 }],
};

/** A coordinator that answers everything with the same. */
async function answering(status: number, body: string) {
  const asked: (string | undefined)[] = [];
  const server = createServer(({ url }, response) => {
    asked.push(url);
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { project: { name: 'p', fingerprint: '', url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` }, asked };
}

test('[CD18] what the account has earned is asked of the coordinator, and said in one line', async () => {
  const { project, asked } = await answering(200, JSON.stringify(view));
  const credit = await creditOf({ account: ACCOUNT, project });
  expect(asked).toEqual([`/v1/accounts/${ACCOUNT}`]);
  expect(credit).toEqual(view);
  expect(creditLines(credit)).toEqual(['Credit     1,230 for 7 valid results, place 3; 0.5 today, 4.25 a day lately']);
});

test.each([
  ['knows nobody of that name', 404, '{"error":{"code":"not-found","message":""}}'],
  ['answers nonsense', 200, '<html>'],
  ['answers something else', 200, '{"account":1}'],
])('[CD18] a coordinator that %s is no reason to fail', async (_, status, body) => {
  const { project } = await answering(status, body);
  expect(await creditOf({ account: ACCOUNT, project })).toBeNull();
  expect(creditLines(null)).toEqual([]);
});

test('[CD18] nor is one that is down, or a machine that was never connected', async () => {
  const project = { name: 'p', fingerprint: '', url: 'http://127.0.0.1:9/' };
  expect(await creditOf({ account: ACCOUNT, project })).toBeNull();
  expect(await creditOf({ account: null, project })).toBeNull();
});
