/// <reference types="node" />
import type { IncomingMessage, ServerResponse } from 'node:http'

// ---------------------------------------------------------------------------------------------
// Mode
// ---------------------------------------------------------------------------------------------

/**
 * The three modes.
 *
 * - `DEMO`: no real AI and no real data. The network is open when the mode was asked for by name.
 * - `LIVE`: everything is allowed, behind authentication.
 * - `STANDBY`: locked. Only status and configuration may be read, and the network is blocked.
 */
export declare const AppMode: {
  readonly DEMO: 'DEMO'
  readonly LIVE: 'LIVE'
  readonly STANDBY: 'STANDBY'
}
export type AppMode = (typeof AppMode)[keyof typeof AppMode]

/** What a mode allows. */
export interface ModeConfig {
  readonly mode: AppMode
  readonly requiresAuth: boolean
  readonly allowsRealAI: boolean
  readonly allowsRealData: boolean
  readonly allowsExport: boolean
}

/** What each mode allows: `LIVE` everything, the others nothing. Frozen. */
export declare const MODE_CONFIGS: Readonly<Record<AppMode, ModeConfig>>

/**
 * The input that decided the mode. The first of these that is set decides alone: the latch
 * ({@link enterStandby}), the file that `ROS_MODE_FILE` names, `ROS_MODE`, `GOVERNANCE_MODE`.
 */
export type ModeSource = 'latch' | 'file' | 'ROS_MODE' | 'GOVERNANCE_MODE' | 'default'

/** Why the network is blocked. The first that applies is named, in this order. */
export type ModeBlockReason = 'standby_mode' | 'no_network' | 'mock_only' | 'mode_unset'

/** The mode and everything that follows from it, at one moment. Frozen. */
export interface ModeSnapshot {
  readonly mode: AppMode
  readonly source: ModeSource
  /** Whether calls may leave the machine. The same as `blockReason === null`. */
  readonly networkAllowed: boolean
  readonly blockReason: ModeBlockReason | null
  /** `NO_NETWORK`: on for anything but empty and `0 false f no n off` (any case). */
  readonly noNetwork: boolean
  /** `MOCK_ONLY`: read as `NO_NETWORK` is. */
  readonly mockOnly: boolean
  /** `ALLOW_UPLOADS`: on only for `1 true t yes y on` (any case). */
  readonly allowUploads: boolean
  /** `STRICT_PHI_ON_UPLOAD`: read as `NO_NETWORK` is, and on when empty too. */
  readonly strictPhiOnUpload: boolean
  /** What an operator should mend, one sentence each, without any value that was found. */
  readonly warnings: readonly string[]
}

/** The variables that {@link resolveMode} reads. Others may be there and are ignored. */
export type ModeEnvironment = Readonly<Record<string, string | undefined>>

/**
 * Resolves the mode from the variables in `env`, purely: no file is read and no latch is asked.
 *
 * Only the exact words `DEMO` and `LIVE` open anything. Every other value that is not empty
 * (`live`, ` LIVE`, `OFFLINE`, blanks) is `STANDBY`. An empty string counts as not set.
 *
 * @param env Variables by name; `process.env` will do.
 * @throws TypeError `RF_CONFIG_ENV…` when `env` is not an object of strings.
 *
 * @example
 * ```ts
 * import { resolveMode } from '@researchflow/core'
 *
 * resolveMode({ ROS_MODE: 'LIVE', GOVERNANCE_MODE: 'STANDBY' }).mode // 'LIVE'
 * resolveMode({ ROS_MODE: 'live' }).mode // 'STANDBY'
 * resolveMode({}).blockReason // 'mode_unset', and the mode is 'DEMO'
 * ```
 */
export declare function resolveMode(env: ModeEnvironment): ModeSnapshot

/**
 * The mode in force, one for the whole process.
 *
 * A change of `process.env` by the main thread counts from the next call on. The file that
 * `ROS_MODE_FILE` names is read again five times a second, through atomic renames and swaps of
 * symbolic links. Worker threads see the mode of the process, not their own copy of the
 * environment; before the main thread has loaded this package they see `STANDBY`.
 *
 * @returns The same frozen object until something changes.
 *
 * @example
 * ```ts
 * import { currentMode } from '@researchflow/core'
 *
 * const { mode, source, networkAllowed, blockReason, warnings } = currentMode()
 * ```
 */
export declare function currentMode(): ModeSnapshot

/**
 * Enters `STANDBY` for the life of the process, for all its threads. Nothing but a restart leaves
 * it again.
 *
 * @param reason Why, for the reader of the code. It is not kept, since it may name a person.
 * @throws TypeError `RF_CONFIG_REASON` when `reason` is not a string with something in it.
 */
export declare function enterStandby(reason: string): void

/**
 * Calls `listener` after each change of the mode or of what follows from it.
 *
 * A change in the mode file and a latch are told at once, a change of `process.env` when the next
 * call of this package on the main thread notices it. Listeners run in turn on the thread that
 * registered them and keep no thread alive. What a listener throws becomes an uncaught exception;
 * the others are still called.
 *
 * @returns A function that removes the listener.
 * @throws TypeError `RF_CONFIG_LISTENER` when `listener` is not a function.
 *
 * @example
 * ```ts
 * import { onModeChange } from '@researchflow/core'
 *
 * const jobs = new AbortController()
 * const stop = onModeChange((now, before) => {
 *   if (now.mode === 'STANDBY') jobs.abort(`left ${before.mode}`)
 * })
 * stop()
 * ```
 */
export declare function onModeChange(
  listener: (now: ModeSnapshot, before: ModeSnapshot) => void,
): () => void

/** The mode in force: `currentMode().mode`. */
export declare function getCurrentMode(): AppMode
/** What the mode in force allows: `MODE_CONFIGS[getCurrentMode()]`. */
export declare function getCurrentModeConfig(): ModeConfig
/** Whether the mode in force allows calls to real AI providers. */
export declare function allowsRealAI(): boolean
/** Whether the mode in force asks for authentication. */
export declare function requiresAuth(): boolean
/** Whether the mode in force is `STANDBY`. */
export declare function isStandbyMode(): boolean

// ---------------------------------------------------------------------------------------------
// Express middlewares
// ---------------------------------------------------------------------------------------------

/** A request as Node, Connect and Express have it. */
export type HttpRequest = IncomingMessage & { originalUrl?: string; user?: unknown }

/** Calls the next handler, or the error handler when there is an error. */
export type Next = (error?: unknown) => void

/** A middleware for Express, Connect, or any Node HTTP server that passes a `next`. */
export type Middleware = (request: HttpRequest, response: ServerResponse, next: Next) => void

/**
 * In `STANDBY` answers 503 to everything but `GET` and `HEAD` of `/status`, `/health`,
 * `/api/status`, `/api/health`, `/api/config`, `/api/governance/mode`, `/api/governance/config` and
 * what is below them. In another mode it lets everything through. Mount it before other routes; it
 * judges the whole path, also when it is mounted below one.
 *
 * A path with percent-encoding, empty or dot segments is refused, since what is behind may read it
 * as another one.
 *
 * @example
 * ```ts
 * import express from 'express'
 * import { enforceStandbyMode } from '@researchflow/core'
 *
 * const app = express()
 * app.use(enforceStandbyMode)
 * ```
 */
export declare const enforceStandbyMode: Middleware
/** In `STANDBY` answers 503 to everything but `GET`, `HEAD` and `OPTIONS`. */
export declare const blockWritesInStandby: Middleware
/** In `DEMO` answers 200 with a sample (`mockResponse: true`), in `STANDBY` 503. */
export declare const blockAIInDemo: Middleware
/** In `DEMO` answers 403, in `STANDBY` 503. */
export declare const blockDataUploadInDemo: Middleware
/** In `DEMO` answers 403, in `STANDBY` 503. */
export declare const blockExportInDemo: Middleware
/** In `LIVE` answers 401 to a request with neither `user` nor an `Authorization` header. */
export declare const requireLiveAuth: Middleware
/**
 * Adds `_meta: { mode, requiresAuth, allowsRealAI, timestamp }` to each object that `res.json`
 * answers. Arrays and plain values are left as they are.
 */
export declare const addModeInfo: Middleware

// ---------------------------------------------------------------------------------------------
// Readiness
// ---------------------------------------------------------------------------------------------

/**
 * Whether traffic may come.
 *
 * - `ready`: every critical check is `ok`. HTTP 200.
 * - `not_ready`: a critical check failed or is blocked. HTTP 503.
 * - `standby`: the mode is `STANDBY`, whatever the checks say. HTTP **200**: a rolling update into
 *   `STANDBY` waits until its new pods are ready, and the old ones would go on serving meanwhile.
 * - `draining`: {@link Readiness.drain} was called. HTTP 503.
 */
export type ReadinessStatus = 'ready' | 'not_ready' | 'standby' | 'draining'

/**
 * Why a check failed: a closed set. No host, user, password, URL or text of a driver is in any
 * answer.
 *
 * | code | meaning |
 * | --- | --- |
 * | `auth_failed` | the credentials were refused, or none were given where some are needed |
 * | `cancelled` | the check was given up: closed, or aborted by its own code |
 * | `connection_refused` | nothing listens there |
 * | `dns_failure` | the name has no address, or no name server answered |
 * | `error` | anything else |
 * | `http_<status>` | the worker answered with this status |
 * | `invalid_config` | the URL or a file that it names cannot be used, or its database is not there |
 * | `not_configured` | the variable that holds the URL is not set |
 * | `read_only` | writes are not taken, and are asked for (`target_session_attrs=read-write`; Redis' `MISCONF`) |
 * | `starting_up` | the server is up and not serving yet (Postgres 57P03, Redis `LOADING`) |
 * | `timeout` | the whole answer did not come in time |
 * | `tls_error` | no TLS there, or a certificate that is expired, another host's, or not trusted |
 * | `too_many_connections` | the server has no connection left |
 * | `unexpected_reply` | an answer came and is not the one that was asked for |
 * | `unreachable` | there is no way to the host |
 */
export type ReadinessCode =
  | 'auth_failed'
  | 'cancelled'
  | 'connection_refused'
  | 'dns_failure'
  | 'error'
  | `http_${number}`
  | 'invalid_config'
  | 'not_configured'
  | 'read_only'
  | 'starting_up'
  | 'timeout'
  | 'tls_error'
  | 'too_many_connections'
  | 'unexpected_reply'
  | 'unreachable'

/**
 * How a check came out. `blocked`: the mode does not let the dependency be reached, and nothing was
 * attempted, not even a DNS query.
 */
export type CheckOutcome = 'ok' | 'blocked' | `failed: ${ReadinessCode}`

/** The mode, as answers carry it. */
export interface RuntimeMode {
  ros_mode: AppMode
  no_network: boolean
  mock_only: boolean
}

/** What is known of one check beside its outcome. */
export interface CheckDetails {
  /** How long it took, in milliseconds; `null` when nothing was attempted. */
  latencyMs: number | null
  /** When it ended, as ISO 8601 in UTC. */
  checkedAt: string
  /** How many runs in a row have failed; 0 after one that was `ok`. A `blocked` one is not counted. */
  consecutiveFailures: number
  /** When it last came out `ok`, or `null`. */
  lastOkAt: string | null
}

/** What a run found. Checks stand in this order: `db`, `redis`, `worker`, then your own. */
export interface ReadinessReport {
  status: ReadinessStatus
  checks: Record<string, CheckOutcome>
  mode: RuntimeMode
  /**
   * How old results are, in milliseconds, that are from an earlier run: of checks that JavaScript
   * makes, while its event loop is stuck. Only there when there are some.
   */
  stale?: Record<string, number>
  details: Record<string, CheckDetails>
}

/**
 * A check of your own. It is `ok` when it resolves with anything but `false`, and failed when it
 * rejects or throws: with the code that fits `error.code`, else `error`. `signal` aborts when the
 * time is up; a check that goes on after that is on its own.
 *
 * It runs in every mode. What it sends is its own affair: ask `currentMode().networkAllowed`.
 */
export type CustomCheck = (signal: AbortSignal) => unknown

export interface CustomCheckOptions {
  run: CustomCheck
  /** Whether the process is not ready without it. @default true */
  critical?: boolean
  /** In milliseconds, 1 to 600,000. @default the `timeoutMs` of all checks */
  timeoutMs?: number
}

/**
 * A `pg` Pool, or anything that queries as one does. In a blocked mode it is asked only when its
 * `options` name one host explicitly, and that host may be reached.
 */
export interface QueryablePool {
  query(sql: string): Promise<unknown>
}

export interface ReadinessOptions {
  /**
   * Postgres, asked `SELECT 1`: a URL, a pool of your own, or `false` for none.
   *
   * URLs have libpq's meaning: `sslmode=disable|prefer|require|verify-ca|verify-full`,
   * `sslrootcert`, `sslcert`, `sslkey`, several hosts, Unix sockets by `?host=/directory`.
   * `require` looks at no certificate unless `sslrootcert` is given, and `verify-ca` needs one (or
   * `caFile`). Several hosts are tried in turn. With
   * `target_session_attrs=read-write` a server that takes no writes is `read_only`; without it a
   * replica is `ok`.
   *
   * @default `DATABASE_URL`, read again for each run
   */
  db?: string | QueryablePool | false | undefined
  /**
   * Redis, asked `PING`: `redis://[user[:password]@]host[:port][/db]`, `rediss://…` for TLS,
   * `unix:///path?user=…&pass=…&db=…`, or `false` for none.
   *
   * @default `REDIS_URL`, read again for each run
   */
  redis?: string | false | undefined
  /**
   * The worker, asked `GET <url>/health`: 2xx is `ok`. No redirect is followed, no proxy used.
   *
   * @default `WORKER_CALLBACK_URL`, read again for each run
   */
  worker?: string | false | undefined
  /** Checks of your own, by name: a letter and up to 63 letters, digits, dots, hyphens, underscores. */
  checks?: Record<string, CustomCheck | CustomCheckOptions>
  /** How long each check may take, in milliseconds, 1 to 600,000. @default 2000 */
  timeoutMs?: number
  /** How long a finished run is served again, in milliseconds, 0 to 600,000. @default 1000 */
  cacheMs?: number
  /**
   * A PEM file of certificate authorities to trust beside the public ones (Mozilla's list), for
   * `rediss://`, `https://` and `sslmode=verify-…`.
   *
   * @default the file that `NODE_EXTRA_CA_CERTS` names
   */
  caFile?: string
  /** The name in `GET /health`. @default 'orchestrator' */
  service?: string
  /** The version in `GET /health`. @default `npm_package_version`, else '1.0.0' */
  version?: string
}

/** A set of checks with their connections. It is given up when nothing refers to it any more. */
export interface Readiness {
  /**
   * Asks the dependencies side by side, each under its deadline.
   *
   * Calls that come while a run is under way share it; a finished one is served again for
   * `cacheMs`. A dependency that is down is in the report; this never rejects because of one.
   */
  check(): Promise<ReadinessReport>
  /** From now on the status is `draining` and the HTTP answer 503. Call it on `SIGTERM`. */
  drain(): void
  /**
   * Ends runs and connections, and resolves when they have ended. Reports made afterwards say
   * `failed: cancelled`.
   */
  close(): Promise<void>
}

/**
 * Makes a set of readiness checks. Nothing is opened before the first run; one connection to each
 * dependency is kept, for a minute at most, so that changed credentials and addresses are seen.
 *
 * @throws TypeError | RangeError With a `code` that begins with `RF_CONFIG_`, for an option that is
 * not of its form. What is wrong with a URL in the environment is a result: `invalid_config`.
 *
 * @example
 * ```ts
 * import { createReadiness } from '@researchflow/core'
 *
 * const readiness = createReadiness({ worker: false, timeoutMs: 500 })
 * const { status, checks } = await readiness.check()
 * await readiness.close()
 * ```
 */
export declare function createReadiness(options?: ReadinessOptions): Readiness

/** One run with connections of its own: {@link createReadiness}, `check`, `close`. */
export declare function checkOnce(options?: ReadinessOptions): Promise<ReadinessReport>

/** Either the options of a set of checks, or a set that is there. */
export type HealthRoutesOptions = (
  | (ReadinessOptions & { readiness?: undefined })
  | {
      /** A set made by {@link createReadiness}: keep it, to `drain()` and `close()` it at the end. */
      readiness: Readiness
      /** The name in `GET /health`. @default that of the set */
      service?: string
      /** The version in `GET /health`. @default that of the set */
      version?: string
    }
) & {
  /** Adds `details` to `/health/ready`. @default false */
  details?: boolean
}

/**
 * The health routes, for Express, Connect or a plain Node server. `GET` and `HEAD`,
 * `Cache-Control: no-store`:
 *
 * - `/health`, `/api/health`: 200 while the process turns; nothing outside is touched.
 * - `/health/ready`, `/api/health/ready`: the {@link ReadinessReport}, without `details`.
 * - `/api/metrics`: {@link Telemetry.getMetrics} as JSON; Prometheus' text or OpenMetrics where
 *   `Accept` likes it better, or by `?format=json|prometheus|openmetrics` (400 for another).
 *
 * Mount them before {@link enforceStandbyMode}, which lets `/api/metrics` be read by nobody.
 *
 * Everything else goes to `next`; without one it is answered 404, or 405 for another method.
 *
 * @throws TypeError | RangeError As {@link createReadiness}.
 *
 * @example
 * ```ts
 * import express from 'express'
 * import { createReadiness, healthRoutes } from '@researchflow/core'
 *
 * const readiness = createReadiness()
 * const app = express()
 * app.use(healthRoutes({ readiness, service: 'orchestrator', version: '1.4.0' }))
 * process.once('SIGTERM', () => readiness.drain())
 * ```
 */
export declare function healthRoutes(
  options?: HealthRoutesOptions,
): (request: IncomingMessage, response: ServerResponse, next?: Next) => void

// ---------------------------------------------------------------------------------------------
// Probe server
// ---------------------------------------------------------------------------------------------

export interface ProbeServerOptions {
  /**
   * Where it listens, 0 to 65535; 0 is a free port.
   *
   * @default `PROBE_PORT`, else 9464
   */
  port?: number
  /**
   * The address it listens on: an IP address, or `'localhost'` for `127.0.0.1`. In a container whose
   * probes come from outside it, `'0.0.0.0'` or `'::'`.
   *
   * @default `PROBE_HOST`, else '127.0.0.1'
   */
  host?: string
  /** What `/health/ready` asks. @default `createReadiness()`, closed with the server */
  readiness?: Readiness
  /**
   * How long the event loop of the main thread may not have turned before `/health` is 503, in
   * milliseconds, 100 to 86,400,000. It is asked ten times a second. @default 10000
   */
  maxLoopLagMs?: number
}

/** A probe server that listens. Frozen. */
export interface ProbeServer {
  /** The port it listens on. */
  readonly port: number
  /** Stops to listen and resolves when the port is free. Answers under way have half a second. */
  close(): Promise<void>
}

/**
 * Starts a second HTTP listener on a thread of its own, which answers within milliseconds while the
 * JavaScript thread is busy. `GET` and `HEAD`, `Cache-Control: no-store`:
 *
 * - `/health`: 200, and **503** once the event loop has not turned for `maxLoopLagMs`.
 * - `/health/ready`: the {@link ReadinessReport}, without `details`. Checks of your own, which
 *   JavaScript makes, are not waited for while the loop is stuck: the last result is served for up
 *   to a minute, with its age under `stale`, and is then `failed: timeout`.
 * - `/metrics`: every metric as Prometheus reads it, and as {@link healthRoutes} has them by `Accept`
 *   and `?format=`.
 * - `/status`: a page for people.
 *
 * It runs where it is asked for and nowhere else: the variables are defaults of its options. It keeps
 * no process alive, and ends with the thread that started it. It speaks HTTP/1.1 without TLS and
 * without a login, takes no body, and cuts what is slow: 8 KiB and 5 s for the head of a request, 5 s
 * for a client to take an answer, 128 connections, of which the idlest goes when another comes.
 *
 * @returns A promise that rejects with a TypeError or RangeError, `RF_CONFIG_…`, for an option that is
 *   not of its form; with an Error `EADDRINUSE`, `EADDRNOTAVAIL`, `EACCES`, `EMFILE`, `ENFILE`,
 *   `EAGAIN` or `RF_PROBE_LISTEN` where it cannot listen.
 *
 * @example
 * ```ts
 * import { createReadiness, startProbeServer } from '@researchflow/core'
 *
 * const readiness = createReadiness()
 * const probes = await startProbeServer({ port: 0, readiness })
 * console.log(`http://127.0.0.1:${probes.port}/status`)
 * await probes.close()
 * await readiness.close()
 * ```
 */
export declare function startProbeServer(options?: ProbeServerOptions): Promise<ProbeServer>

// ---------------------------------------------------------------------------------------------
// Egress gate
// ---------------------------------------------------------------------------------------------

/**
 * Why a call is refused: by the mode ({@link ModeBlockReason}), or by the program itself, whose
 * policy forbids the call or which found PHI in what was to be sent.
 */
export type BlockReason = ModeBlockReason | 'governance_mode' | 'phi_detected'

/** Whether a call may be made at this moment. Frozen. */
export type CallDecision =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly reason: BlockReason }

/**
 * Whether a call to an external provider may be made at this moment.
 *
 * It only asks and **counts nothing**: whoever acts on the answer counts what came of it, or leaves
 * both to {@link gateExternalCall}. In a blocked mode every provider is blocked, wherever it is.
 *
 * @param provider Who is called. @default 'unknown'
 *
 * @example
 * ```ts
 * import { checkExternalCall, getTelemetry } from '@researchflow/core'
 *
 * const decision = checkExternalCall('openai')
 * if (!decision.allowed) getTelemetry().recordBlockedCall(decision.reason, 'openai')
 * ```
 */
export declare function checkExternalCall(provider?: string): CallDecision

/**
 * Makes a call unless the mode blocks it, and counts what came of it.
 *
 * Blocked: `fn` is not called, the call is counted as blocked with its reason, and the promise
 * rejects with {@link ExternalCallBlockedError}. Otherwise the call is counted as success or
 * failure with its duration, and its result or error is passed through as it is. An error that `fn`
 * throws at once is a rejection too.
 *
 * @param provider Who is called: a constant of the program, not data; see
 *   {@link Telemetry.recordExternalCall}.
 * @returns A promise that rejects with a TypeError, `RF_CONFIG_FN`, when `fn` is not a function.
 *
 * @example
 * ```ts
 * import { ExternalCallBlockedError, gateExternalCall } from '@researchflow/core'
 *
 * try {
 *   await gateExternalCall('openai', () => fetch('https://api.openai.com/v1/models'))
 * } catch (error) {
 *   if (!(error instanceof ExternalCallBlockedError)) throw error
 *   console.log(error.reason) // 'mode_unset' where no mode is set
 * }
 * ```
 */
export declare function gateExternalCall<T>(
  provider: string,
  fn: () => T | PromiseLike<T>,
): Promise<T>

/**
 * A call was refused and not attempted. The message names STANDBY, NO_NETWORK or MOCK_ONLY and says
 * how to open.
 */
export declare class ExternalCallBlockedError extends Error {
  /** @throws TypeError `RF_CONFIG_REASON` when `reason` is not a {@link BlockReason}. */
  constructor(reason: BlockReason, provider: string)
  readonly name: 'ExternalCallBlockedError'
  readonly code: 'RF_EGRESS_BLOCKED'
  readonly reason: BlockReason
  /**
   * As it was given when it is a clean name; `other` when not, since loggers write it out; `unknown`
   * when none is given, or an empty one.
   */
  readonly provider: string
}

/** The same as {@link checkExternalCall}, under the orchestrator's name for it. */
export declare const checkAICallAllowed: typeof checkExternalCall

/** The same as {@link gateExternalCall}, under the orchestrator's name for it. */
export declare const gatedAICall: typeof gateExternalCall

/** The same as {@link ExternalCallBlockedError}, under the orchestrator's name for it. */
export declare const AICallBlockedError: typeof ExternalCallBlockedError
export type AICallBlockedError = ExternalCallBlockedError

// ---------------------------------------------------------------------------------------------
// Egress guard
// ---------------------------------------------------------------------------------------------

/** Who keeps the rules: hooks in Node.js, or Linux as well. */
export type GuardLevel = 'process' | 'kernel'

export interface EgressGuardOptions {
  /**
   * `'process'`: the guard inside Node.js, which refuses child processes. `'kernel'`: Linux as well,
   * for native addons and child processes; one-way for the life of the process. In an open mode it
   * is armed, and put in force at the moment that the mode blocks the network.
   *
   * @default 'process'
   */
  enforce?: GuardLevel
  /**
   * Counts and logs what would be refused, and refuses nothing; the kernel level is left out
   * meanwhile. It is set by the first call on the main thread; a later call there that leaves it
   * out, with other options, ends the audit, and in a blocked mode also the connections that it let
   * through.
   *
   * @default false
   */
  audit?: boolean
}

/** A way out that was tried when the guard came, and was refused. Nothing was sent for it. */
export interface VerifiedWay {
  /** In words: `'TCP connect over IPv4'`, `'dns.lookup'`, `'raw socket, by the kernel'`, … */
  way: string
  held: true
}

/** What the egress guard holds, as it is now, in an object of the caller's own. */
export interface GuardReport {
  /** `'kernel'` when that level is armed or in force; `gaps` says when it is only armed. */
  level: GuardLevel
  verified: VerifiedWay[]
  /** What is not covered, a sentence each, for an operator to read. */
  gaps: string[]
}

/**
 * Closes every way out of Node's own API while the network is blocked: sockets, datagrams, DNS
 * questions, worker threads and child processes, for code that was loaded before and comes after.
 * Loopback, Unix sockets, listening and what `EGRESS_ALLOW` lists stay open; so does everything
 * while the mode is open. A flip into a blocked mode ends the connections that are open.
 *
 * It is installed for this thread and all threads that it starts. Called again, it can only become
 * stricter. `import '@researchflow/core/register'` does the same before the rest of the program.
 *
 * A refused call gets an {@link ExternalCallBlockedError}, by callback, event, rejection or throw as
 * its API reports errors, and is counted once with its reason, under the provider `tcp`, `udp`,
 * `dns`, `child_process` or `pipe`. What only the kernel refuses is `EACCES` and is not counted.
 *
 * @throws TypeError `RF_CONFIG_…` for wrong options.
 * @throws Error `RF_GUARD_UNSUPPORTED` where this Node.js is not built as the guard expects;
 *   `RF_GUARD_UNAVAILABLE` where `enforce: 'kernel'` cannot be had. Level `process` is installed then.
 *
 * @example
 * ```ts
 * import { installEgressGuard } from '@researchflow/core'
 *
 * const { level, verified, gaps } = installEgressGuard()
 * console.log(level, verified.length, gaps)
 * ```
 */
export declare function installEgressGuard(options?: EgressGuardOptions): GuardReport

// ---------------------------------------------------------------------------------------------
// Telemetry
// ---------------------------------------------------------------------------------------------

/** How a call came out; `blocked` is one that was not attempted. */
export type CallStatus = 'success' | 'failure' | 'blocked'

/** The counters of calls since the package was loaded, or since {@link Telemetry.reset}. */
export interface TelemetrySnapshot {
  /** By `provider=P,status=S`; only what was counted is there. */
  external_calls_total: Record<string, number>
  /** By `reason=R,provider=P`, or by `reason=R` where no provider was named. */
  external_calls_blocked_total: Record<string, number>
  /** All that were attempted and failed. */
  external_calls_failed_total: number
  /** In whole seconds. */
  uptime_seconds: number
  /** When it was taken, as ISO 8601 in UTC. */
  collected_at: string
}

/** The mode, as metrics carry it: under the names of both variables that can decide it. */
export interface MetricsMode extends RuntimeMode {
  /** The same as `ros_mode`: one mode is in force, whichever variable decided it. */
  governance_mode: AppMode
}

/** What `GET /api/metrics` answers as JSON. */
export interface MetricsReport {
  telemetry: TelemetrySnapshot
  mode: MetricsMode
  /** `npm_package_version`, or `1.0.0`; in the answer of a route, the version of the routes. */
  version: string
}

/** One set of counters for the process, worker threads included. Frozen. */
export interface Telemetry {
  /**
   * Counts a call. It never throws because of a provider.
   *
   * @param provider Who was called: a constant of the program, not data. It is shown in lower case
   *   when it is a clean name: up to 40 of `a-z 0-9 _ . -`, at least one of them a letter and at
   *   most three of them digits, since four can be the end of a social security number or a year of
   *   birth. Anything else, and every clean name after the first 64, counts as `other`; none
   *   at all counts as `unknown`.
   * @param seconds How long it took. A negative or infinite one is left out of the durations, and
   *   so is that of a blocked call.
   * @throws TypeError `RF_CONFIG_STATUS` or `RF_CONFIG_SECONDS` for one of another kind.
   */
  recordExternalCall(provider: string, status: CallStatus, seconds?: number): void

  /**
   * Counts a refused call: once by its reason, and once among the calls as `blocked`, which is
   * under the provider `unknown` where none is given.
   *
   * @throws TypeError `RF_CONFIG_REASON` when `reason` is not a {@link BlockReason}.
   */
  recordBlockedCall(reason: BlockReason, provider?: string): void

  /** The counters of calls, in an object of the caller's own. */
  getSnapshot(): TelemetrySnapshot

  /** The mode at this moment. */
  getRuntimeMode(): MetricsMode

  /** The counters with the mode and the version of the program. */
  getMetrics(): MetricsReport

  /**
   * Every metric as Prometheus reads it: its text 0.0.4 or OpenMetrics 1.0. `contentType` belongs
   * to the answer: Prometheus 3 refuses one without it.
   *
   * @param format @default 'text'
   * @throws TypeError `RF_CONFIG_FORMAT` for another one.
   */
  toPrometheus(format?: 'text' | 'openmetrics'): { body: string; contentType: string }

  /** Sets the counters of calls to nothing, for tests. Names of providers keep their places. */
  reset(): void
}

/**
 * The telemetry of the process.
 *
 * @example
 * ```ts
 * import { getTelemetry } from '@researchflow/core'
 *
 * getTelemetry().recordExternalCall('openai', 'success', 0.82)
 * console.log(getTelemetry().getSnapshot().external_calls_total)
 * // { 'provider=openai,status=success': 1 }
 * ```
 */
export declare function getTelemetry(): Telemetry

// ---------------------------------------------------------------------------------------------
// Logger
// ---------------------------------------------------------------------------------------------

/** How grave a line is. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** A line in the JSON format, after redaction. */
export interface LogLine {
  /** When it was logged, as ISO 8601 in UTC with milliseconds. */
  timestamp: string
  level: LogLevel
  message: string
  module: string
  requestId?: string
  /** The logger's context and the fields of the call, those of the call first in rank. */
  context?: Record<string, unknown>
}

/**
 * Writes lines. No method throws, whatever it is given, and none needs its `this`.
 *
 * Fields are written as JSON has them, with these besides: an `Error` with its name, message, code,
 * stack, causes and the errors it gathers, a `Map` as an object (or pairs), a `Set` as an array,
 * bytes as their number. What cannot be serialised (a cycle, a `BigInt`, a getter that throws, more
 * than 1,048,576 characters) is left out, and `context.fieldsOmitted` says why. The objects are not
 * touched.
 */
export interface Logger {
  debug(message: string, fields?: unknown): void
  info(message: string, fields?: unknown): void
  warn(message: string, fields?: unknown): void
  error(message: string, fields?: unknown): void
  /** At level `error`, with `error` as the field of that name. */
  logError(message: string, error: unknown, fields?: unknown): void
  /**
   * A logger with more context. A `requestId` in it takes the place of its own in the line.
   *
   * @throws TypeError `RF_CONFIG_CONTEXT` when `context` is no plain object.
   */
  child(context: object): Logger
  /** Whether lines of this level are written now: to leave out work that only a line needs. */
  isLevelEnabled(level: LogLevel): boolean
  /**
   * Waits until what was logged before is written: 2 seconds for a reader that takes nothing, 10
   * in all. The end of the process does so by itself.
   */
  flush(): void
}

/**
 * Makes a logger.
 *
 * A line below the level in force costs nanoseconds. Others are serialised here, and redacted and
 * written by a thread of the package's own, `debug` and `info` to standard output, `warn` and `error`
 * to standard error. A burst waits in 16 MiB a stream; when the reader takes nothing, `debug` and
 * `info` are dropped first, counted in `log_lines_dropped_total`, and announced when it is back.
 *
 * From the environment, when the package is loaded: `LOG_LEVEL` (`debug`, `info`, `warn`, `error`,
 * `silent`; default `info`), `LOG_FORMAT` (`text`, `json`; default `text`), `NO_COLOR`, `FORCE_COLOR`,
 * `PHI_HASH_KEY`.
 *
 * @param module Which part of the program speaks: a constant.
 * @param context What every line of this logger carries. It is read now, once.
 * @throws TypeError `RF_CONFIG_MODULE`, `RF_CONFIG_CONTEXT` for one of another kind.
 *
 * @example
 * ```ts
 * import { createLogger } from '@researchflow/core'
 *
 * const log = createLogger('intake', { site: 'north' })
 * log.info('file stored', { bytes: 1048576, email: 'jane.doe@example.org' }) // email: '[email]'
 * try {
 *   JSON.parse('{')
 * } catch (error) {
 *   log.logError('manifest unreadable', error, { attempt: 2 })
 * }
 * ```
 */
export declare function createLogger(module: string, context?: object): Logger

/**
 * Makes a logger whose lines carry the id of a request.
 *
 * @param module @default 'request'
 * @throws TypeError `RF_CONFIG_REQUEST_ID`, `RF_CONFIG_MODULE` when it is no string, or empty.
 */
export declare function createRequestLogger(requestId: string, module?: string): Logger

/** The logger of the module `orchestrator`. */
export declare const logger: Logger

/**
 * Sets the level for every logger of every thread, from this moment on.
 *
 * @throws TypeError `RF_CONFIG_LEVEL` for another word.
 */
export declare function setLogLevel(level: LogLevel | 'silent'): void

/**
 * Runs `fn`, and everything that it starts, with `requestId` in every line whose logger has none.
 *
 * @returns What `fn` returns; what it throws comes through.
 * @throws TypeError `RF_CONFIG_ID`, `RF_CONFIG_FN` for arguments of another kind.
 *
 * @example
 * ```ts
 * import { logger, withRequestId } from '@researchflow/core'
 *
 * await withRequestId('01JD3Z', async () => logger.info('served')) // requestId: '01JD3Z'
 * ```
 */
export declare function withRequestId<T>(id: string, fn: () => T): T

/**
 * Express middleware: the rest of the request runs under {@link withRequestId}. The id is that of
 * `X-Request-Id` when it is a clean word (up to 128 letters, digits and `. _ : / + = -`) in which
 * nothing is redacted; else a new UUID. The answer carries it as `X-Request-Id`.
 *
 * @example
 * ```ts
 * import express from 'express'
 * import { assignRequestId } from '@researchflow/core'
 *
 * express().use(assignRequestId)
 * ```
 */
export declare function assignRequestId(
  request: IncomingMessage,
  response: ServerResponse,
  next: Next,
): void

/**
 * The text with what identifies a person, and secrets, taken out, as the log does it:
 * `[email]`, `[ssn]`, … or, where `PHI_HASH_KEY` is set, `[mrn:3f9a1c]`. Patterns find what has a
 * pattern: this is no de-identification.
 *
 * It takes at most about 50 ms of processor time a mebibyte of UTF-8: what cannot be read in 40 ms is
 * withheld as `[secret]`, from somewhere on or, of what is all cues, altogether. The hashes of
 * `PHI_HASH_KEY` come on top, about a microsecond each.
 *
 * @throws TypeError `RF_CONFIG_TEXT` when it is no string.
 *
 * @example
 * ```ts
 * import { redactPhi } from '@researchflow/core'
 *
 * console.log(redactPhi('write to jane.doe@example.org')) // write to [email]
 * ```
 */
export declare function redactPhi(text: string): string

/**
 * The same for a value: a deep copy of what JSON can hold, where a field's name counts as well. The
 * argument is not touched; `undefined` and functions are left out as in JSON. It is bounded as
 * `redactPhi` is: of a value with tens of thousands of fields the names and values that could not be
 * read are `[secret]`, so that fields may be missing from an object.
 *
 * @throws TypeError `RF_CONFIG_VALUE` for a cycle, a `BigInt`, something that throws when it is read,
 * more than 100,000 objects, arrays and values in them, or more than 64 levels (32 in what is no plain
 * object). Nothing of the value is in the error.
 *
 * @example
 * ```ts
 * import { redactPhiValue } from '@researchflow/core'
 *
 * console.log(redactPhiValue({ ssn: '536-22-8726', bytes: 5362287261 })) // ssn: '[ssn]'
 * ```
 */
export declare function redactPhiValue<T>(value: T): T
