'use strict'

const all = `researchflow-core: is this process ready, in which mode, and if not, why?

Usage
  researchflow-core check [--json] [--url <url>] [--timeout <ms>]
  researchflow-core mode [--json]
  researchflow-core doctor [--json]

Commands
  check    Asks Postgres, Redis and the worker once, or a process that runs.
  mode     Says which mode the environment gives, and why.
  doctor   Looks at the configuration, the services and the egress guard, and says
           what to do about each.

Options
  --json         One line of JSON and nothing else.
  -h, --help     This text, or that of a command.
  -v, --version  The version.

Environment
  ROS_MODE, GOVERNANCE_MODE, ROS_MODE_FILE, NO_NETWORK, MOCK_ONLY, EGRESS_ALLOW
                 The mode, and what may be reached.
  DATABASE_URL, REDIS_URL, WORKER_CALLBACK_URL
                 What is asked.
  PROBE_PORT, PROBE_HOST
                 Where 'check --url' finds a process when only a path is given.
  NO_COLOR       Plain text, as in a pipe.

Exit status
  0  all is well (ready, or standby)
  1  something is not
  2  the command was not written as it should be`

const check = `researchflow-core check: one readiness run

Usage
  researchflow-core check [--json] [--url <url>] [--timeout <ms>]

Without --url it asks what the environment names (DATABASE_URL, REDIS_URL,
WORKER_CALLBACK_URL), with connections of its own. In a blocked mode nothing is
attempted that the mode does not allow.

With --url it asks a process on this machine, for images without curl:

  HEALTHCHECK CMD ["npx", "researchflow-core", "check", "--url", "/health"]

Options
  --url <url>      http://127.0.0.1:<port>/<path>, or a path where the process listens
                   by PROBE_PORT (9464) and PROBE_HOST (127.0.0.1). 200 is well,
                   anything else is not.
  --timeout <ms>   How long each check, or the answer, may take: 1 to 600000.
                   Default 2000.
  --json           The report, or the answer, as it came.

Exit status
  0  ready or standby; 200
  1  not ready or draining; no answer, or another status
  2  the command was not written as it should be`

const mode = `researchflow-core mode: which mode the environment gives, and why

Usage
  researchflow-core mode [--json]

Shows the mode, the input that decided it, whether calls may leave the machine, and
what should be mended. It looks at its own environment and at the file that
ROS_MODE_FILE names; it does not see what a running process has latched.

Options
  --json   The snapshot as JSON, as currentMode() gives it.

Exit status
  0  nothing has to be mended
  1  something has: the lines that begin with '!'`

const doctor = `researchflow-core doctor: what is wrong here, and what to do about it

Usage
  researchflow-core doctor [--json]

Looks at
  configuration  the mode, which variables are set, and which are not written as they
                 should be
  services       a readiness run, with what to look at for each failure
  egress guard   the levels that this machine can reach, found by installing them in
                 a process of their own

No value of a variable is printed: no host, no user, no password.

Options
  --json   The findings as JSON: { findings: [{ topic, name, state, text, advice? }] }

Exit status
  0  nothing is wrong
  1  something is`

module.exports = { HELP: { all, check, doctor, mode } }
