import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['__test__/**/*.spec.ts'],
    globalSetup: ['__test__/support/global.ts'],
    passWithNoTests: false,
    // The specs speak to real servers and real sockets: a stray rejection is a finding.
    dangerouslyIgnoreUnhandledErrors: false,
    // Forks, so that a spec runs on a main thread, where a change of process.env counts, and in
    // a process of its own, because the mode is one for the whole process.
    pool: 'forks',
    isolate: true,
    // A worker, its Postgres and its Redis fill a core each.
    maxWorkers: 2,
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
  },
})
