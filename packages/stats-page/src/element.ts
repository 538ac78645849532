/** HTML and SVG elements as functions, so that components read as plain TypeScript: `p({ class: 'note' }, 'text')`. */
import { type ComponentChildren, h, type JSX, type VNode } from 'preact';

export type { VNode };

const element =
  <Tag extends keyof JSX.IntrinsicElements>(tag: Tag) =>
  (props: JSX.IntrinsicElements[Tag], ...children: ComponentChildren[]): VNode =>
    h(tag as string, props as Record<string, unknown>, ...children);

export const a = element('a');
export const body = element('body');
export const button = element('button');
export const caption = element('caption');
export const code = element('code');
export const dd = element('dd');
export const details = element('details');
export const div = element('div');
export const dl = element('dl');
export const dt = element('dt');
export const figure = element('figure');
export const footer = element('footer');
export const h1 = element('h1');
export const h2 = element('h2');
export const h3 = element('h3');
export const head = element('head');
export const header = element('header');
export const html = element('html');
export const li = element('li');
export const link = element('link');
export const main = element('main');
export const meta = element('meta');
export const ol = element('ol');
export const p = element('p');
export const script = element('script');
export const section = element('section');
export const span = element('span');
export const summary = element('summary');
export const table = element('table');
export const tbody = element('tbody');
export const td = element('td');
export const th = element('th');
export const thead = element('thead');
export const time = element('time');
export const title = element('title');
export const tr = element('tr');
export const ul = element('ul');

export const circle = element('circle');
export const defs = element('defs');
export const line = element('line');
export const path = element('path');
export const pattern = element('pattern');
export const rect = element('rect');
export const svg = element('svg');
