/** The composition root: reads the configuration, builds the components, exports their outputs. */
import { readConfig } from './config';
import { Rollups } from './provider/rollups';

const config = readConfig();
const all = new Rollups('rollups', { directory: config.rollups, connection: config.connection });

/** Version of the engine in the database. */
export const engineVersion = all.engine.version;
/** The views to query, by rollup. */
export const views = all.views;
