//! Properties of questions to a name server, and of the file that names the servers.

use super::{Resolvers, question};

/// Input: a message. One that is taken is its name and a little of known size, and nothing else.
pub(crate) fn dns_question(bytes: &[u8]) {
    let resolvers = str::from_utf8(bytes).map(Resolvers::parse);
    let Some(name) = question(bytes) else {
        return;
    };
    assert!(name.len() <= 253, "{} bytes", name.len());
    let mut encoded = Vec::new();
    for label in name.split('.').filter(|_| !name.is_empty()) {
        assert!((1..=63).contains(&label.len()));
        encoded.push(u8::try_from(label.len()).unwrap());
        encoded.extend_from_slice(label.as_bytes());
    }
    encoded.push(0);
    assert!(
        name.bytes()
            .all(|byte| byte.is_ascii_graphic() && !byte.is_ascii_uppercase())
    );
    let behind = bytes[12..].get(encoded.len()..).unwrap();
    assert!(bytes[12..][..encoded.len()].eq_ignore_ascii_case(&encoded));
    // Type and class, and at most an OPT record with room for a cookie.
    assert!(behind.len() == 4 || (15..=55).contains(&behind.len()));
    let resolvers = resolvers.unwrap_or_default();
    assert!(resolvers.stands_for(&name, &name));
    for suffix in &resolvers.suffixes {
        assert!(resolvers.stands_for(&format!("{name}.{suffix}"), &name));
        assert!(!resolvers.stands_for(&format!("x.{name}.{suffix}"), &name));
    }
}
