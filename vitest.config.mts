import { defineConfig } from 'vitest/config'

/** What says how long something may take runs alone, after all else: its client waits for a core too. */
const TIMED = ['__test__/probe-stuck.spec.ts', '__test__/logger-stuck-reader.spec.ts', '__test__/lifecycle.spec.ts']

export default defineConfig({
  test: {
    globalSetup: ['__test__/support/global.ts'],
    passWithNoTests: false,
    // The specs speak to real servers and real sockets: a stray rejection is a finding.
    dangerouslyIgnoreUnhandledErrors: false,
    // Forks, so that a spec runs on a main thread, where a change of process.env counts, and in
    // a process of its own, because the mode is one for the whole process.
    pool: 'forks',
    isolate: true,
    // Long enough for a machine that also compiles; what has to be quick is measured by its test.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    teardownTimeout: 20_000,
    server: {
      deps: {
        // The package is loaded as a user's program loads it: by Node itself, untransformed.
        external: [/\/index\.js$/, /\/lib\/(?:guard\/)?[^/]+\.js$/, /\.node$/],
      },
    },
    projects: [
      {
        extends: true,
        // A worker, its Postgres and its Redis fill a core each.
        test: { name: 'specs', include: ['__test__/**/*.spec.ts'], exclude: TIMED, maxWorkers: 2, sequence: { groupOrder: 0 } },
      },
      { extends: true, test: { name: 'timed', include: TIMED, maxWorkers: 1, sequence: { groupOrder: 1 } } },
    ],
  },
})
