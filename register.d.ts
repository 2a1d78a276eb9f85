/**
 * Installs the egress guard when it is imported, before the rest of the program:
 * `node --import @researchflow/core/register app.js`, or `import '@researchflow/core/register'` as
 * the first import.
 *
 * `EGRESS_ENFORCE` says the level, `process` (default) or `kernel`; another value throws a `TypeError`
 * with code `RF_CONFIG_EGRESS_ENFORCE`. `EGRESS_AUDIT` (default: off; on for `1 true t yes y on` in any
 * case) makes it count and log what it would refuse, and refuse nothing; a word that is neither a yes
 * nor a no leaves it off and is warned of, once, on standard error.
 */
export {}
