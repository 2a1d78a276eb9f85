//! Each case runs in a process of its own, because what it puts in force stays.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream, UdpSocket};
use std::os::unix::net::{UnixDatagram, UnixListener, UnixStream};
use std::process::Command;
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use super::*;
use crate::egress::AllowList;

mod coming;

const IN_CHILD: &str = "RF_KERNEL_TEST_CHILD";
const FAR: (Ipv4Addr, u16) = (Ipv4Addr::new(192, 0, 2, 1), 9);

/// Runs the case of this name in a process of its own.
fn alone(name: &str, case: impl FnOnce()) {
    if std::env::var_os(IN_CHILD).is_some() {
        case();
        return;
    }
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            &format!("egress::kernel::tests::{name}"),
            "--nocapture",
            "--test-threads=1",
        ])
        .env(IN_CHILD, "1")
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let start = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if start.elapsed() > Duration::from_secs(20) {
            child.kill().unwrap();
        }
        thread::sleep(Duration::from_millis(5));
    }
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{:?}\n{said}{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
}

fn install_with(allow: &str) -> Report {
    install(&AllowList::parse(allow.as_bytes())).unwrap()
}

fn refused<T>(result: std::io::Result<T>) -> bool {
    result.is_err_and(|error| error.raw_os_error() == Some(libc::EACCES))
}

#[test]
fn a_probe_leaves_nothing_behind() {
    alone("a_probe_leaves_nothing_behind", || {
        probe().unwrap();
        probe().unwrap();
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        assert!(status.contains("Seccomp:\t0\n"), "{status}");
        UdpSocket::bind("0.0.0.0:0").unwrap().connect(FAR).ok();
    });
}

#[test]
fn every_way_out_is_refused_on_every_thread_and_twice_is_once() {
    alone(
        "every_way_out_is_refused_on_every_thread_and_twice_is_once",
        || {
            let (begin, told) = channel::<()>();
            let elder = thread::spawn(move || {
                told.recv().unwrap();
                (
                    TcpStream::connect(FAR).map(drop),
                    verify::ways_out(FAR.into()),
                )
            });
            let report = install_with("");
            assert_eq!(refusals(), 0);
            assert!(report.landlock_abi >= 4);
            assert_eq!(report.verified.len(), 8, "{report:?}");
            assert_eq!(report.gaps.len(), 2, "{report:?}");
            assert_eq!(install_with(""), report);
            begin.send(()).unwrap();
            let (connected, ways) = elder.join().unwrap();
            assert!(refused(connected));
            assert_eq!(ways.unwrap().len(), 6);
            let younger = thread::spawn(|| verify::ways_out(FAR.into()));
            assert_eq!(younger.join().unwrap().unwrap().len(), 6);
            let status = std::fs::read_to_string("/proc/self/status").unwrap();
            assert!(status.contains("Seccomp:\t2\n") && status.contains("NoNewPrivs:\t1\n"));
            assert!(refusals() > 0);
        },
    );
}

#[test]
fn landlock_is_on_every_thread_below_the_filter() {
    alone("landlock_is_on_every_thread_below_the_filter", || {
        // Without the filter in between: Landlock alone, put on from another thread.
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let (begin, told) = channel::<()>();
        let elder = thread::spawn(move || {
            told.recv().unwrap();
            TcpStream::connect(address).map(drop)
        });
        let missed =
            thread::spawn(|| landlock::restrict_all_threads(landlock::rules().unwrap()).unwrap())
                .join()
                .unwrap();
        assert_eq!(missed, 0);
        begin.send(()).unwrap();
        assert!(refused(elder.join().unwrap()));
        assert!(refused(TcpStream::connect(address)));
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    });
}

#[test]
fn what_leaves_no_machine_goes_on_working() {
    alone("what_leaves_no_machine_goes_on_working", || {
        install_with("");
        for address in ["127.0.0.1:0", "[::1]:0"] {
            let listener = TcpListener::bind(address).unwrap();
            let mut near = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
            let (mut far, _) = listener.accept().unwrap();
            near.write_all(b"ping").unwrap();
            let mut got = [0; 4];
            far.read_exact(&mut got).unwrap();
            assert_eq!(&got, b"ping");
            let one = UdpSocket::bind(address).unwrap();
            let other = UdpSocket::bind(address).unwrap();
            one.send_to(b"to", other.local_addr().unwrap()).unwrap();
            one.connect(other.local_addr().unwrap()).unwrap();
            one.send(b"connected").unwrap();
            let mut got = [0; 16];
            assert_eq!(other.recv(&mut got).unwrap(), 2);
            assert_eq!(other.recv(&mut got).unwrap(), 9);
        }
        // Any interface may be listened on.
        TcpListener::bind("0.0.0.0:0").unwrap();
        let (mut left, mut right) = UnixStream::pair().unwrap();
        left.write_all(b"x").unwrap();
        right.read_exact(&mut [0]).unwrap();
        let path = std::env::temp_dir().join(format!("rf-kernel-{}", std::process::id()));
        let listener = UnixListener::bind(&path).unwrap();
        UnixStream::connect(&path).unwrap();
        listener.accept().unwrap();
        std::fs::remove_file(&path).unwrap();
        let (left, right) = UnixDatagram::pair().unwrap();
        left.send(b"x").unwrap();
        right.recv(&mut [0]).unwrap();
        assert_eq!(
            std::net::ToSocketAddrs::to_socket_addrs(&("localhost", 1))
                .unwrap()
                .next()
                .unwrap()
                .port(),
            1
        );
    });
}

#[test]
fn a_connect_that_has_no_one_to_answer_fails_as_it_would() {
    alone(
        "a_connect_that_has_no_one_to_answer_fails_as_it_would",
        || {
            install_with("");
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
            let address = listener.local_addr().unwrap();
            drop(listener);
            let error = TcpStream::connect(address).unwrap_err();
            assert_eq!(error.kind(), std::io::ErrorKind::ConnectionRefused);
            // SAFETY: the kernel, or the judge, finds that the memory is nobody's.
            let bad = unsafe {
                let socket = libc::socket(libc::AF_INET, libc::SOCK_STREAM, 0);
                libc::connect(socket, std::ptr::dangling::<libc::sockaddr>(), 16)
            };
            assert_eq!(bad, -1);
            assert_eq!(
                std::io::Error::last_os_error().raw_os_error(),
                Some(libc::EFAULT)
            );
        },
    );
}

#[test]
fn every_spelling_of_an_address_is_judged_as_that_address() {
    alone(
        "every_spelling_of_an_address_is_judged_as_that_address",
        || {
            install_with("192.0.2.1:8");
            assert!(refused(TcpStream::connect("[::ffff:192.0.2.1]:9")));
            assert!(refused(TcpStream::connect("192.0.2.2:8")));
            assert!(refused(TcpStream::connect("[2001:db8::1]:8")));
            let socket = UdpSocket::bind("[::]:0").unwrap();
            assert!(refused(socket.send_to(b"x", "[::ffff:192.0.2.1]:9")));
            assert!(refused(socket.connect("[2001:db8::1]:8")));
            // Admitted, so the kernel was asked: it is connected, and nothing was sent.
            UdpSocket::bind("0.0.0.0:0")
                .unwrap()
                .connect("192.0.2.1:8")
                .unwrap_or_else(|error| {
                    assert_eq!(error.raw_os_error(), Some(libc::ENETUNREACH));
                });
        },
    );
}

#[test]
fn children_are_held_and_reach_loopback() {
    alone("children_are_held_and_reach_loopback", || {
        install_with("");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let shell = |script: &str| Command::new("bash").args(["-c", script]).output().unwrap();
        assert!(
            shell(&format!("echo x >/dev/tcp/127.0.0.1/{port}"))
                .status
                .success()
        );
        listener.accept().unwrap();
        for way in ["tcp", "udp"] {
            let output = shell(&format!("echo x >/dev/{way}/192.0.2.1/9"));
            assert!(!output.status.success());
            let error = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(error.contains("Permission denied"), "{error}");
        }
        // One that its parent left behind.
        let orphan =
            shell("(sleep 0.2; bash -c 'echo x >/dev/tcp/192.0.2.1/9' && echo out) 2>/dev/null &");
        assert_eq!(orphan.stdout, b"");
    });
}

#[test]
fn many_threads_at_once_are_all_answered() {
    alone("many_threads_at_once_are_all_answered", || {
        install_with("");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || listener.incoming().for_each(drop));
        let threads: Vec<_> = (0..40)
            .map(|_| {
                thread::spawn(move || {
                    for _ in 0..50 {
                        TcpStream::connect(address).unwrap();
                        assert!(refused(TcpStream::connect(FAR)));
                    }
                })
            })
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
    });
}

#[test]
fn calls_fail_when_the_descriptor_of_the_judge_is_closed() {
    alone(
        "calls_fail_when_the_descriptor_of_the_judge_is_closed",
        || {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
            let address = listener.local_addr().unwrap();
            install_with("");
            let number = std::fs::read_dir("/proc/self/fd")
                .unwrap()
                .filter_map(Result::ok)
                .find(|entry| {
                    std::fs::read_link(entry.path())
                        .is_ok_and(|target| target.to_string_lossy().contains("seccomp notify"))
                })
                .unwrap();
            let number = number.file_name().to_str().unwrap().parse().unwrap();
            // SAFETY: closing what is another's is what is tried here.
            unsafe { libc::close(number) };
            for _ in 0..3 {
                assert!(TcpStream::connect(address).is_err());
                assert!(TcpStream::connect(FAR).is_err());
            }
        },
    );
}

#[test]
fn a_process_that_has_changed_its_user_is_held_and_reaches_loopback() {
    alone(
        "a_process_that_has_changed_its_user_is_held_and_reaches_loopback",
        || {
            // SAFETY: plain calls. Without rights to change it, the user stays as it is.
            unsafe {
                libc::setresgid(65534, 65534, 65534);
                libc::setresuid(65534, 65534, 65534);
                libc::prctl(libc::PR_SET_DUMPABLE, 0, 0, 0, 0);
            }
            install_with("names.are.listed");
            assert_eq!(verify::ways_out(FAR.into()).unwrap().len(), 6);
            verify::loopback().unwrap();
            let output = Command::new("bash")
                .args(["-c", "echo x >/dev/tcp/192.0.2.1/9"])
                .output()
                .unwrap();
            let error = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(error.contains("Permission denied"), "{error}");
        },
    );
}

#[test]
fn a_connect_that_waits_holds_up_no_other() {
    alone("a_connect_that_waits_holds_up_no_other", || {
        install_with("");
        // A listener whose queue is full lets a connect wait.
        let path = std::env::temp_dir().join(format!("rf-kernel-full-{}", std::process::id()));
        let listener = UnixListener::bind(&path).unwrap();
        // SAFETY: a plain call.
        unsafe { libc::listen(std::os::fd::AsRawFd::as_raw_fd(&listener), 0) };
        for _ in 0..8 {
            let path = path.clone();
            thread::spawn(move || std::mem::forget(UnixStream::connect(path)));
        }
        thread::sleep(Duration::from_millis(100));
        let start = Instant::now();
        verify::loopback().unwrap();
        assert!(start.elapsed() < Duration::from_secs(1));
        std::fs::remove_file(&path).unwrap();
        drop(listener);
    });
}
