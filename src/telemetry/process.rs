//! What the operating system says of this process, under the names that every Prometheus client
//! uses. Only on Linux, where asking costs a few reads of `/proc`; absent elsewhere.

use super::exposition::Exposition;

#[cfg(not(target_os = "linux"))]
pub(super) fn expose(_: &mut Exposition) {}

#[cfg(target_os = "linux")]
pub(super) fn expose(out: &mut Exposition) {
    use super::exposition::Kind::{self, Counter, Gauge};

    let mut metric = |kind: Kind, name, help, value: Option<f64>| {
        if let Some(value) = value {
            out.family(kind, name, help);
            out.sample_f64(name, &[], value);
        }
    };
    metric(
        Counter,
        "process_cpu_seconds_total",
        "User and system CPU time of the process.",
        linux::cpu_seconds(),
    );
    metric(
        Gauge,
        "process_resident_memory_bytes",
        "Memory of the process that is in RAM.",
        linux::resident_bytes(),
    );
    metric(
        Gauge,
        "process_open_fds",
        "File descriptors that are open.",
        linux::open_fds(),
    );
    metric(
        Gauge,
        "process_max_fds",
        "File descriptors that may be open.",
        linux::max_fds(),
    );
    metric(
        Gauge,
        "process_start_time_seconds",
        "When the process began, in seconds since 1970.",
        linux::start_time(),
    );
}

#[cfg(target_os = "linux")]
mod linux {
    use std::fs;
    use std::sync::OnceLock;

    pub(super) fn cpu_seconds() -> Option<f64> {
        let mut time = libc::timespec {
            tv_sec: 0,
            tv_nsec: 0,
        };
        // SAFETY: `time` is there to be written.
        let failed = unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &raw mut time) };
        let seconds = u64::try_from(time.tv_sec).ok()?;
        let nanos = u32::try_from(time.tv_nsec).ok()?;
        (failed == 0).then(|| std::time::Duration::new(seconds, nanos).as_secs_f64())
    }

    pub(super) fn resident_bytes() -> Option<f64> {
        let pages: f64 = fs::read_to_string("/proc/self/statm")
            .ok()?
            .split(' ')
            .nth(1)?
            .parse()
            .ok()?;
        Some(pages * setting(libc::_SC_PAGESIZE)?)
    }

    pub(super) fn open_fds() -> Option<f64> {
        let open = fs::read_dir("/proc/self/fd").ok()?.count();
        // One of them was opened to count.
        Some(f64::from(u32::try_from(open).ok()?.saturating_sub(1)))
    }

    pub(super) fn max_fds() -> Option<f64> {
        let mut limit = libc::rlimit {
            rlim_cur: 0,
            rlim_max: 0,
        };
        // SAFETY: `limit` is there to be written.
        let failed = unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) };
        if failed != 0 {
            return None;
        }
        // Without a limit there is no number to show.
        u32::try_from(limit.rlim_cur).ok().map(f64::from)
    }

    pub(super) fn start_time() -> Option<f64> {
        static START: OnceLock<Option<f64>> = OnceLock::new();
        *START.get_or_init(|| {
            let booted: f64 = fs::read_to_string("/proc/stat")
                .ok()?
                .lines()
                .find_map(|line| line.strip_prefix("btime "))?
                .parse()
                .ok()?;
            let stat = fs::read_to_string("/proc/self/stat").ok()?;
            // The name of the program stands in parentheses and may hold anything.
            let (_, after_name) = stat.rsplit_once(") ")?;
            // Field 22 of all, and so the twentieth after the name.
            let ticks: f64 = after_name.split(' ').nth(19)?.parse().ok()?;
            Some(booted + ticks / setting(libc::_SC_CLK_TCK)?)
        })
    }

    fn setting(name: libc::c_int) -> Option<f64> {
        // SAFETY: it takes any number and answers -1 to one it does not know.
        let value = unsafe { libc::sysconf(name) };
        u32::try_from(value).ok().map(f64::from)
    }

    #[cfg(test)]
    mod tests {
        use std::time::{Duration, SystemTime};

        use super::*;

        #[test]
        fn says_what_is_true_of_this_process() {
            assert!(cpu_seconds().is_some_and(|seconds| seconds > 0.0));
            assert!(resident_bytes().is_some_and(|bytes| bytes > 100_000.0));
            let began = start_time().expect("a time");
            let now = SystemTime::now()
                .duration_since(SystemTime::UNIX_EPOCH)
                .expect("a time after 1970");
            let ago = now.as_secs_f64() - began;
            assert!((-2.0..Duration::from_hours(1).as_secs_f64()).contains(&ago));
            assert!(open_fds() <= max_fds());
        }
    }
}
