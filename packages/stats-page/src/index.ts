export { assets } from './assets.ts';
export { renderAccount, renderJob, renderNotFound, renderOverview, renderTeam } from './render.ts';
export { featuredJob } from './words/sentences.ts';
