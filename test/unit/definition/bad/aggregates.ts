import { AGGREGATES } from '../../../../infra/model/aggregates/registry';

/** The aggregates as messages list them. Which these are, docs/definition.md is held against in test/unit/model. */
export const ANY_AGGREGATE = `${AGGREGATES.slice(0, -1).join(', ')} or ${AGGREGATES.at(-1)}`;
