//! What operators need to read, and nobody is identified by.

use super::random::Random;

/// Values, each with the field names that they come under.
const FACTS: &[(&str, &[&str])] = &[
    (
        "^^^^^^^^-^^^^-4^^^-a^^^-^^^^^^^^^^^^",
        &[
            "requestId",
            "traceId",
            "jobId",
            "id",
            "correlation_id",
            "runId",
            "artifactId",
            "uuid",
        ],
    ),
    (
        "########-####-4###-8###-############",
        &["requestId", "id", "eventId"],
    ),
    (
        "2025-1#-0%T08:1#:2#.###Z",
        &[
            "timestamp",
            "createdAt",
            "updated_at",
            "startedAt",
            "expiresAt",
            "time",
        ],
    ),
    ("2025-0%-1# 1#:0#:1#", &["at", "ts", "lastSeen", "started"]),
    ("2025-0%-1#T1#:0#:1#+00:00", &["at", "ts", "collected_at"]),
    (
        "^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^",
        &["sha256", "hash", "contentHash", "digest", "checksum"],
    ),
    (
        "sha256:^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^",
        &["image_digest", "digest"],
    ),
    ("^^^^^^^", &["commit", "gitSha", "revision", "sha"]),
    (
        "^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^",
        &["commit", "gitSha", "etag"],
    ),
    (
        "^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^",
        &["traceId", "md5", "trace_id"],
    ),
    ("^^^^^^^^^^^^^^^^", &["spanId", "span_id"]),
    (
        "00-^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^-^^^^^^^^^^^^^^^^-01",
        &["traceparent"],
    ),
    (
        "1.%.#",
        &["version", "v", "release", "appVersion", "node_version"],
    ),
    ("v2.1#.3-rc.#", &["version", "tag", "release"]),
    ("1.2.3.4", &["version", "firmwareVersion", "driverVersion"]),
    ("120.0.6099.###", &["browserVersion", "chromeVersion"]),
    (
        "gpt-4o-2024-08-06",
        &["model", "modelName", "model_name", "deployment"],
    ),
    (
        "claude-3-5-sonnet-20241022",
        &["model", "modelName", "engine"],
    ),
    (
        "orchestrator-7d9f8b6c5d-x2x#z",
        &["pod", "podName", "hostname", "host"],
    ),
    (
        "ip-10-0-%#-1##.ec2.internal",
        &["hostname", "node", "nodeName"],
    ),
    (
        "10.%#.%.1#",
        &["ip", "podIP", "clientIp", "address", "host"],
    ),
    ("192.168.%.1#", &["ip", "remoteAddress", "peer"]),
    ("172.16.%.1#:5432", &["addr", "endpoint", "target"]),
    ("127.0.0.1", &["host", "bind", "ip", "address"]),
    ("::1", &["host", "ip", "remoteAddress"]),
    ("fe80::1ff:fe23:4567:890a", &["ip"]),
    ("fd12:3456:789a:1::%", &["podIP", "ip"]),
    ("ghcr.io/acme/worker:1.%.#", &["image", "containerImage"]),
    ("registry.local:5000/app:2025.10.#", &["image"]),
    ("12#ms", &["duration", "elapsed", "latency"]),
    ("1h%%m3#s", &["uptime", "duration"]),
    ("5##Mi", &["memory", "limit", "memoryLimit"]),
    ("%%0m", &["cpu", "cpuRequest"]),
    ("%#.#%", &["cpu", "usage", "hitRate"]),
    (
        "/api/v1/projects/%##/runs?limit=50&cursor=abc",
        &["path", "route"],
    ),
    ("GET /api/health HTTP/1.1", &["request", "line"]),
    (
        "application/json; charset=utf-8",
        &["contentType", "content-type"],
    ),
    (
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36",
        &["userAgent", "user-agent"],
    ),
    ("ECONNREFUSED", &["code", "errno", "errorCode"]),
    ("TypeError", &["name", "errorName", "type"]),
    ("01HF7YAT4X5Z6W7V8T9S0R#Q%P", &["ulid", "eventId"]),
    ("0 3 * * *", &["schedule", "cron"]),
    ("*/15 2 1-15 * 1-5", &["cron"]),
    (
        "SELECT id, status FROM jobs WHERE attempts < 3 ORDER BY created_at LIMIT 100",
        &["sql", "query", "statement"],
    ),
    ("planning-queue", &["queueName", "queue", "topicName"]),
    ("patient_encounters", &["tableName", "table", "relation"]),
    ("users_email_key", &["constraint", "indexName"]),
    ("uploads/report.pdf", &["fileName", "file", "key"]),
    ("Europe/Berlin", &["timezone", "tz"]),
    ("en-US", &["locale", "lang"]),
    ("us-east-1", &["region", "awsRegion"]),
    ("ICU capacity model", &["projectName", "title", "studyName"]),
    ("W/\"5e-^^^^^^^^^^^^\"", &["etag"]),
    ("STANDBY", &["mode", "state"]),
    ("openai", &["provider", "providerName", "vendor"]),
    ("researcher", &["role", "userRole"]),
    ("AES-256-GCM", &["cipher", "algorithm"]),
    ("TLSv1.3", &["protocol", "tlsVersion"]),
    (
        "iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4//8/w38GIAXDIBKE0DHxgljNBAAO9TXL0Y4OHwAAAABJRU5ErkJggg",
        &["blob", "data", "image_data"],
    ),
    ("arn:aws:s3:::bucket-name/key", &["arn", "resource"]),
    ("k8s.io/api/core/v1", &["module", "package"]),
    ("inet", &["addressFamily", "family"]),
    ("bearer", &["tokenType", "token_type"]),
    ("required", &["ssnStatus", "phoneVerification", "dobFormat"]),
    ("GMT+0000 (Coordinated Universal Time)", &["tz"]),
    ("Fri Nov 14 2025 10:0#:00 GMT+0000", &["startedAt", "time"]),
    ("14/Nov/2025:10:1#:3# +0000", &["time", "ts"]),
    (
        "node:internal/process/task_queues:95:5",
        &["frame", "caller"],
    ),
    (
        "at processTicksAndRejections (node:internal/process/task_queues:95:5)",
        &["frame"],
    ),
    (
        "    at Object.<anonymous> (/app/services/orchestrator/src/index.ts:1##:%#)",
        &["frame", "stack"],
    ),
    (
        "    at file:///app/dist/server.mjs:%#:1#",
        &["frame", "stack"],
    ),
];

/// Numbers under names of operators.
const NUMBERS: &[(&str, &[&str])] = &[
    (
        "17%#######",
        &["ts", "epoch", "createdAt", "time", "exp", "iat"],
    ),
    (
        "17%##########",
        &["timestamp", "ts", "startedAt", "epochMs"],
    ),
    ("17%#############", &["tsMicros", "timeUs"]),
    ("17%################", &["tsNanos", "startTimeUnixNano"]),
    (
        "%#########",
        &[
            "bytes",
            "bytesRead",
            "contentLength",
            "heapUsed",
            "sizeBytes",
            "offset",
            "rss",
        ],
    ),
    (
        "%####",
        &["port", "pid", "rows", "total", "latencyUs", "count"],
    ),
    (
        "%##",
        &[
            "status",
            "statusCode",
            "attempts",
            "lineNumber",
            "tokenCount",
            "patientCount",
        ],
    ),
    ("0.%#####", &["ratio", "cpu", "score", "load"]),
    ("%##.#######", &["durationMs", "elapsed", "responseTime"]),
    ("4#", &["age", "retries", "maxAge", "ageHours"]),
    ("1##", &["maxAge", "cacheAge", "messageAge"]),
    (
        "%###",
        &[
            "maxTokens",
            "promptTokens",
            "totalTokens",
            "tokens",
            "ttlSeconds",
        ],
    ),
    ("%########", &["id", "rowId", "seq", "offset", "version"]),
    ("-%#", &["exitCode", "errno", "delta"]),
    ("1e-7", &["epsilon"]),
];

/// Sentences of operators.
const SENTENCES: &[&str] = &[
    "Request completed in 12#ms with status 200",
    "license BSD-3-Clause approved for the bundle",
    "upgraded express from 20.11.21 to 22.1.#",
    "start_ns=5997465082870535 took %## ms",
    "9# M users presented with the banner",
    "accounts: 12####",
    "MRN lookup count was 12####",
    "read/write: 12####/45####",
    "encounterId=^^^^^^^^-^^^^-4^^^-a^^^-^^^^^^^^^^^^",
    "ip-10-0-1-%#.ec2.internal is ready",
    "heap 9#M of 128M",
    "Processed %######### bytes in %#.# s",
    "Starting orchestrator v1.%.# on port 3001",
    "Connected to postgres at 10.0.%.1#:5432",
    "Retrying in 2000 ms (attempt 2 of 5)",
    "Job ^^^^^^^^-^^^^-4^^^-8^^^-^^^^^^^^^^^^ finished",
    "Cache hit ratio %#.#% over 10000 requests",
    "connect ECONNREFUSED 127.0.0.1:5432",
    "[2025-11-0%T10:00:00.000Z] scheduler tick",
    "commit ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ deployed",
    "pulled image ghcr.io/acme/worker@sha256:^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^",
    "pod orchestrator-7d9f8b6c5d-x2x4z restarted 3 times",
    "Using model gpt-4o-2024-08-06 with temperature 0.7",
    "GET /api/v1/studies/%##/documents?page=2&limit=50 200 1%.### ms",
    "HTTP/1.1 503 Service Unavailable",
    "worker exited with code 137 after 17%#######",
    "epoch 17%##########, drift 0.00%# s",
    "queue depth 12##, oldest 45 s",
    "memory usage 5##Mi of 1Gi",
    "TypeError: Cannot read properties of undefined (reading 'id')\n    at handler (/app/src/routes/jobs.ts:%#:1#)\n    at processTicksAndRejections (node:internal/process/task_queues:95:5)",
    "Mode changed from DEMO to STANDBY",
    "Patient portal service started",
    "Patient registry sync completed: 12## records",
    "MRN index rebuilt in %## ms",
    "Validating SSN format for %## rows",
    "Name resolution failed for worker.svc.cluster.local",
    "phone verification enabled",
    "Email queue drained, 0 pending",
    "Date parsing took 3 ms",
    "address family not supported: AF_INET6",
    "token limit is 4096 tokens, used %###",
    "account service listening on 0.0.0.0:8080",
    "Loaded 12 plugins, 3 disabled",
    "age of cache entry: 4# s",
    "cohort: patients aged 18-65, n=%##",
    "mean age 67.#, sd 12.%",
    "The patient is 45 years old",
    "Subject line missing",
    "node v20.1%.0 (npm 10.2.%)",
    "SHA-256 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ verified",
    "upgraded from 1.2.3 to 2.0.#",
    "Compiled 1234 modules in 5.6s",
    "rate limit 100 req/min exceeded",
    "Chrome/120.0.0.0 Safari/537.36",
    "listening on [::]:9464",
    "0x7ffd5e8c10f0 in main ()",
    "trace_id=^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ span_id=^^^^^^^^^^^^^^^^",
    "level=info ts=2025-11-0%T10:00:00Z caller=main.go:1%# msg=\"started\"",
    "UPDATE jobs SET status = 'done' WHERE id = %####",
    "INSERT INTO audit (event, at) VALUES ('login', now()) -- 1 row",
    "slow query (1%## ms): SELECT count(*) FROM patients WHERE site_id = $1",
    "disk 8%% full, 1234567890 bytes free",
    "retry-after: 120",
    "cron 0 3 * * * registered",
    "offset 1234567890 lag 12",
    "took 250 300 400 ms in three rounds",
    "p50=1.2ms p95=3.4ms p99=12.5ms",
    "build 2025.11.3 (linux-x64)",
    "host=db port=5432 dbname=ros sslmode=require",
    "user agent parsing: 12 rules",
    "key rotation scheduled every 90 days",
    "ROS_MODE=LIVE NO_NETWORK=0",
    "files: src/index.ts:10:5, src/app.ts:120:33",
    "Health check passed: db ok, redis ok, worker ok",
    "study 12 stage 5 completed",
    "uploading part 3/10 (5.0 MiB)",
    "date: no such option",
    "range 2019-2024 selected",
    "ETA 10:45, started 09:30:15",
    "10 doctors and 25 nurses were invited",
    "feature flag new-patient-form is on",
    "version 2.4.1.7 of the schema",
    "Dr Watson integration test passed",
    "steps 10-20-30 done",
    "MR #4%## merged",
    "counts.age: 9%",
    "serial: 115200",
    "Subject 00%#",
    "zip: %## files compressed",
    "config lives in Redis",
    "assigned to Platform Team",
    "escalated to Customer Support",
    "MS SQL Server started",
    "DR Plan executed",
    "Cache Miss Rate is high",
    "Sr. Software Engineer on call",
    "Worker's results are in",
    "| name | version |\n|---|---|\n| lodash | 4.17 |",
    "GLUCOSE^SERUM^L",
    "patient name does not match",
    "first name field is empty",
    "65536 is the token limit",
    "urn:oid:2.16.840.1",
];

/// A record without an identifier: JSON or text.
pub fn record(random: &mut Random) -> (bool, String) {
    match random.between(0, 3) {
        0 => {
            let sentence = random.pick(SENTENCES);
            (false, random.fill(sentence))
        }
        1 => {
            let sentence = random.pick(SENTENCES);
            let message = quoted(&random.fill(sentence));
            let fact = member(random);
            (
                true,
                format!("{{\"level\":\"info\",\"message\":{message},\"context\":{{{fact}}}}}"),
            )
        }
        2 => {
            let members: Vec<String> = (0..random.between(1, 6)).map(|_| member(random)).collect();
            (true, format!("{{{}}}", members.join(",")))
        }
        _ => {
            let (value, name) = fact(random);
            let form = random.pick(&[
                "{k}={v}",
                "{k}: {v}",
                "processed {k} {v}",
                "{k} = '{v}'",
                "updated {k} to {v}",
            ]);
            (false, form.replace("{k}", name).replace("{v}", &value))
        }
    }
}

fn fact(random: &mut Random) -> (String, &'static str) {
    let (form, names) = FACTS[random.next() as usize % FACTS.len()];
    (random.fill(form), random.pick(names))
}

fn member(random: &mut Random) -> String {
    if random.one_in(2) {
        let (form, names) = NUMBERS[random.next() as usize % NUMBERS.len()];
        return format!("\"{}\":{}", random.pick(names), random.fill(form));
    }
    let (value, name) = fact(random);
    format!("\"{name}\":{}", quoted(&value))
}

pub fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}
