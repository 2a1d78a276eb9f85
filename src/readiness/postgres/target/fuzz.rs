//! Properties of Postgres URLs.

use super::{Endpoint, Target};
use crate::fuzz::lines;
use crate::readiness::target::fuzz::encoded;

/// Input: a URL, and a password. No character of a password that should have been encoded makes
/// another host of what is behind it.
pub(crate) fn postgres_url(bytes: &[u8]) {
    let Some([url, password]) = lines(bytes) else {
        return;
    };
    if let Ok(target) = Target::parse(url, None) {
        assert!(!target.hosts.is_empty() && target.config.get_user().is_some());
        for host in &target.hosts {
            let has_name = !matches!(host.endpoint, Endpoint::Tcp { .. }) || !host.name.is_empty();
            assert!(has_name);
        }
    }
    let there = |target: &Target| {
        let endpoints: Vec<_> = target.hosts.iter().map(|host| &host.endpoint).collect();
        let expected = Endpoint::Tcp {
            host: "db.test".to_owned(),
            port: 6432,
        };
        assert_eq!(endpoints, [&expected]);
    };
    let url = format!("postgres://user:{password}@db.test:6432/app");
    match Target::parse(&url, None) {
        // Behind a `?` a user may have a `@`, as the users of some hosted servers do.
        Ok(target) if !password.contains('?') => there(&target),
        _ => {}
    }
    let url = format!("postgres://user:{}@db.test:6432/app", encoded(password));
    let target = Target::parse(&url, None).expect("it is encoded");
    there(&target);
    assert_eq!(target.config.get_password(), Some(password.as_bytes()));
}
