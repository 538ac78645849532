export { assets } from './assets.ts';
export { renderJob, renderNotFound, renderOverview } from './render.ts';
export { featuredJob } from './words/sentences.ts';
