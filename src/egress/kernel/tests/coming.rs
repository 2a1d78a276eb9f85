//! What becomes of what was there before it came.

use super::*;

#[test]
fn sockets_that_lead_out_are_ended_and_others_are_not() {
    alone(
        "coming::sockets_that_lead_out_are_ended_and_others_are_not",
        || {
            let udp = UdpSocket::bind("0.0.0.0:0").unwrap();
            let led_out = udp.connect(FAR).is_ok();
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
            let mut near = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
            let (mut far, _) = listener.accept().unwrap();
            install_with("");
            near.write_all(b"x").unwrap();
            far.read_exact(&mut [0]).unwrap();
            if led_out {
                let error = udp.send(b"x").unwrap_err();
                assert_eq!(error.raw_os_error(), Some(libc::EDESTADDRREQ));
            }
        },
    );
}

/// A UDP socket on loopback whose packets leave the machine by a route of their own (a loose source
/// route by way of 192.0.2.1), with a peer.
fn straying() -> UdpSocket {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.connect("127.0.0.1:9").unwrap();
    give_a_route(&socket);
    socket
}

fn give_a_route(socket: &UdpSocket) {
    let route = [131u8, 7, 4, 192, 0, 2, 1, 0];
    // SAFETY: the route is as long as it is said to be.
    let set = unsafe {
        let number = std::os::fd::AsRawFd::as_raw_fd(socket);
        let value = route.as_ptr().cast();
        libc::setsockopt(number, libc::IPPROTO_IP, libc::IP_OPTIONS, value, 8)
    };
    assert_eq!(set, 0, "{}", std::io::Error::last_os_error());
}

fn limit_descriptors(most: libc::rlim_t) {
    // SAFETY: the record is filled before it is read.
    unsafe {
        let mut limit = std::mem::zeroed();
        libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit);
        limit.rlim_cur = most;
        assert_eq!(libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit), 0);
    }
}

#[test]
fn more_sockets_are_ended_than_there_are_descriptors_left() {
    alone(
        "coming::more_sockets_are_ended_than_there_are_descriptors_left",
        || {
            let sockets: Vec<_> = (0..100).map(|_| straying()).collect();
            limit_descriptors(140);
            let report = install_with("");
            let ended = "ended what was open: 0 connections, 100 other sockets".to_owned();
            assert!(report.verified.contains(&ended), "{report:?}");
            assert!(sockets.iter().all(|socket| socket.peer_addr().is_err()));
        },
    );
}

#[test]
fn sockets_are_ended_without_a_descriptor_and_what_was_not_seen_is_an_error() {
    alone(
        "coming::sockets_are_ended_without_a_descriptor_and_what_was_not_seen_is_an_error",
        || {
            let sockets: Vec<_> = (0..9).map(|_| straying()).collect();
            let judge = judge::Judge::new(AllowList::default());
            let open = open_sockets::Open::prepare().unwrap();
            limit_descriptors(3);
            // The tables of multicast groups cannot be opened.
            let error = open.end(&judge).unwrap_err();
            assert_eq!(error.raw_os_error(), Some(libc::EMFILE));
            assert!(sockets.iter().all(|socket| socket.peer_addr().is_err()));
        },
    );
}

#[test]
fn a_ring_that_was_open_before_goes_on_and_is_told_of() {
    alone(
        "coming::a_ring_that_was_open_before_goes_on_and_is_told_of",
        || {
            // SAFETY: plain calls; the kernel fills in a record of this size.
            let (make, enter) = unsafe {
                (
                    || libc::syscall(libc::SYS_io_uring_setup, 4, [0u8; 120].as_mut_ptr()),
                    |ring: libc::c_long| {
                        let none: libc::c_ulong = 0;
                        libc::syscall(libc::SYS_io_uring_enter, ring, none, none, none, none, none)
                    },
                )
            };
            let ring = make();
            let report = install_with("");
            let told = report
                .gaps
                .iter()
                .any(|gap| gap.starts_with("1 io_uring was open"));
            assert_eq!(told, ring >= 0, "{report:?}");
            assert!(ring < 0 || enter(ring) == 0);
            assert_eq!(make(), -1);
        },
    );
}

#[test]
fn threads_that_are_made_while_it_comes_are_held() {
    alone(
        "coming::threads_that_are_made_while_it_comes_are_held",
        || {
            use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
            static IN_FORCE: AtomicBool = AtomicBool::new(false);
            static HELD: AtomicUsize = AtomicUsize::new(0);
            let makers: Vec<_> = (0..4)
                .map(|_| {
                    thread::spawn(|| {
                        while HELD.load(Ordering::Relaxed) < 200 {
                            let made = thread::spawn(|| {
                                let after = IN_FORCE.load(Ordering::Acquire);
                                let tried = UdpSocket::bind("0.0.0.0:0").unwrap().connect(FAR);
                                if after {
                                    assert!(refused(tried));
                                    HELD.fetch_add(1, Ordering::Relaxed);
                                }
                            });
                            made.join().unwrap();
                        }
                    })
                })
                .collect();
            thread::sleep(Duration::from_millis(20));
            install_with("");
            IN_FORCE.store(true, Ordering::Release);
            for maker in makers {
                maker.join().unwrap();
            }
        },
    );
}

#[test]
fn what_failed_once_the_filter_was_on_stays_failed() {
    alone(
        "coming::what_failed_once_the_filter_was_on_stays_failed",
        || {
            // Landlock is brought to other threads by a signal, and none is free.
            let every_signal = |handler| {
                for signal in libc::SIGRTMIN()..=libc::SIGRTMAX() {
                    // SAFETY: plain calls.
                    unsafe { libc::signal(signal, handler) };
                }
            };
            every_signal(libc::SIG_IGN);
            let first = install(&AllowList::default()).unwrap_err();
            every_signal(libc::SIG_DFL);
            assert_eq!(install(&AllowList::default()), Err(first));
            // The filter holds, whatever is said of it.
            assert!(refused(UdpSocket::bind("0.0.0.0:0").unwrap().connect(FAR)));
        },
    );
}

#[test]
fn a_subscription_that_is_not_kept_does_not_stop_a_flip() {
    alone(
        "coming::a_subscription_that_is_not_kept_does_not_stop_a_flip",
        || {
            let follow_too = || mode::subscribe_last(|now, _| follow(now));
            assert!(keep(follow_too()).is_none());
            let second = follow_too();
            let (flipping, is_flipping) = channel();
            let (go_on, told) = channel::<()>();
            let told = std::sync::Mutex::new(told);
            // Holds the mode's lock until it is told.
            let _first = mode::subscribe(move |_, _| {
                flipping.send(()).unwrap();
                told.lock().unwrap().recv().unwrap();
            });
            let flip = thread::spawn(mode::enter_standby);
            is_flipping.recv().unwrap();
            let given_back = thread::spawn(move || drop(keep(second)));
            thread::sleep(Duration::from_millis(100));
            go_on.send(()).unwrap();
            flip.join().unwrap();
            given_back.join().unwrap();
            assert!(matches!(state(), Some(State::InForce(_))));
        },
    );
}

#[test]
fn a_judge_that_is_not_needed_ends_with_its_threads() {
    alone(
        "coming::a_judge_that_is_not_needed_ends_with_its_threads",
        || {
            let judges = || {
                landlock::threads()
                    .iter()
                    .filter_map(|thread| {
                        std::fs::read_to_string(format!("/proc/self/task/{thread}/comm")).ok()
                    })
                    .filter(|name| name.starts_with("rf-egress"))
                    .count()
            };
            let broker = broker::Broker::new(judge::Judge::new(AllowList::default())).unwrap();
            assert_eq!(judges(), 2);
            drop(broker);
            let start = Instant::now();
            while judges() > 0 {
                assert!(start.elapsed() < Duration::from_secs(5));
                thread::sleep(Duration::from_millis(5));
            }
        },
    );
}

#[test]
fn loopback_is_refused_to_a_socket_that_was_given_a_route_before() {
    alone(
        "coming::loopback_is_refused_to_a_socket_that_was_given_a_route_before",
        || {
            let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
            let connected = UdpSocket::bind("127.0.0.1:0").unwrap();
            connected.connect(socket.local_addr().unwrap()).unwrap();
            give_a_route(&socket);
            give_a_route(&connected);
            install_with("");
            assert!(refused(socket.send_to(b"x", "127.0.0.1:9")));
            let error = connected.send(b"x").unwrap_err();
            assert_eq!(error.raw_os_error(), Some(libc::EDESTADDRREQ));
        },
    );
}

#[test]
fn who_reads_from_a_connection_that_is_reset_gets_an_error_and_no_end() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let near = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (mut far, _) = listener.accept().unwrap();
    // What has come but was not read is half of an answer.
    far.write_all(b"half of it").unwrap();
    let mut reader = near.try_clone().unwrap();
    let mut got = vec![];
    reader.read_exact(&mut [0; 4]).unwrap();
    let reading = thread::spawn(move || {
        let result = reader.read_to_end(&mut got);
        (result.map_err(|error| error.kind()), reader)
    });
    thread::sleep(Duration::from_millis(50));
    open_sockets::reset(std::os::fd::AsFd::as_fd(&near));
    let (result, mut reader) = reading.join().unwrap();
    assert!(
        matches!(
            result,
            Err(std::io::ErrorKind::ConnectionReset | std::io::ErrorKind::BrokenPipe)
        ),
        "{result:?}"
    );
    assert!(reader.read(&mut [0]).is_err());
    assert_eq!(
        far.read(&mut [0]).unwrap_err().kind(),
        std::io::ErrorKind::ConnectionReset
    );
}
