//! Questions to a name server: only those for a name on the list are passed on.

#[cfg(any(fuzzing, test))]
pub(super) mod fuzz;

use std::fs;
use std::net::IpAddr;

use crate::egress::allow::LONGEST_NAME;
use crate::egress::parse_address;

/// The port of name servers.
pub(super) const PORT: u16 = 53;

/// What `/etc/resolv.conf` says.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Resolvers {
    pub servers: Vec<IpAddr>,
    /// What libc appends to a name, in the hope of finding it there.
    pub suffixes: Vec<String>,
}

impl Resolvers {
    pub(super) fn read() -> Self {
        Self::parse(&fs::read_to_string("/etc/resolv.conf").unwrap_or_default())
    }

    fn parse(text: &str) -> Self {
        let mut resolvers = Self::default();
        for line in text.lines() {
            let mut words = line.split_ascii_whitespace();
            match words.next() {
                Some("nameserver") => resolvers
                    .servers
                    .extend(words.next().and_then(parse_address)),
                Some("domain" | "search") => {
                    resolvers.suffixes = words
                        .map(|word| word.trim_end_matches('.').to_ascii_lowercase())
                        .filter(|word| !word.is_empty())
                        .collect();
                }
                _ => {}
            }
        }
        resolvers
    }

    /// Whether `asked` is `name`, or `name` with something appended as libc does.
    pub(super) fn stands_for(&self, asked: &str, name: &str) -> bool {
        let name = name.to_ascii_lowercase();
        asked == name
            || asked
                .strip_prefix(name.as_str())
                .and_then(|rest| rest.strip_prefix('.'))
                .is_some_and(|rest| self.suffixes.iter().any(|suffix| suffix == rest))
    }
}

/// The name that a message asks for, in lower case. `None` when it is anything but one plain
/// question: there is no room in it for other matter.
pub(super) fn question(message: &[u8]) -> Option<String> {
    // One question, no answers, at most one additional record (the resolver's buffer size).
    let [
        _,
        _,
        flags,
        _,
        0,
        1,
        0,
        0,
        0,
        0,
        0,
        additional @ 0..=1,
        rest @ ..,
    ] = message
    else {
        return None;
    };
    if flags & 0xf8 != 0 {
        return None;
    }
    let (name, rest) = read_name(rest)?;
    let [_, _, _, _, rest @ ..] = rest else {
        return None;
    };
    let fits = match (additional, rest) {
        (0, []) => true,
        // The root name, type OPT, its sizes and flags, and room for a cookie (RFC 7873).
        (1, [0, 0, 41, _, _, _, _, _, _, 0, length, options @ ..]) => {
            *length <= 40 && options.len() == usize::from(*length)
        }
        _ => false,
    };
    fits.then_some(name)
}

fn read_name(mut bytes: &[u8]) -> Option<(String, &[u8])> {
    let mut name = String::new();
    loop {
        let (length, rest) = bytes.split_first()?;
        if *length == 0 {
            return Some((name, rest));
        }
        if *length > 63 {
            return None;
        }
        let (label, rest) = rest.split_at_checked((*length).into())?;
        if !name.is_empty() {
            name.push('.');
        }
        // A dot inside a label would make it look like two.
        if !label
            .iter()
            .all(|byte| byte.is_ascii_graphic() && *byte != b'.')
        {
            return None;
        }
        name.push_str(&str::from_utf8(label).ok()?.to_ascii_lowercase());
        if name.len() > LONGEST_NAME {
            return None;
        }
        bytes = rest;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(additional: u8, tail: &[u8]) -> Vec<u8> {
        let mut message = vec![1, 2, 1, 0, 0, 1, 0, 0, 0, 0, 0, additional];
        message.extend(b"\x08Postgres\x03svc\x00\x00\x01\x00\x01");
        message.extend(tail);
        message
    }

    #[test]
    fn reads_the_name_of_a_plain_question() {
        assert_eq!(question(&query(0, &[])).as_deref(), Some("postgres.svc"));
        let edns = [0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0];
        assert_eq!(question(&query(1, &edns)).as_deref(), Some("postgres.svc"));
    }

    #[test]
    fn what_carries_more_than_a_question_is_none() {
        let mut answer = query(0, &[]);
        answer[2] |= 0x80;
        let mut long = query(0, &[]);
        long.splice(12..12, [&[63][..], &[b'a'; 63]].concat().repeat(4));
        let mut two = query(0, &[]);
        two[5] = 2;
        for message in [
            query(0, b"more"),
            query(1, b"more"),
            answer,
            long,
            two,
            vec![],
            b"GET / HTTP/1.1\r\n\r\n".to_vec(),
        ] {
            assert_eq!(question(&message), None, "{message:?}");
        }
    }

    #[test]
    fn a_name_stands_for_itself_with_and_without_what_libc_appends() {
        let resolvers = Resolvers::parse(
            "# pod\nsearch research.svc.cluster.local svc.cluster.local.\nnameserver 10.96.0.10\n",
        );
        assert_eq!(resolvers.servers, [IpAddr::from([10, 96, 0, 10])]);
        for (asked, stands) in [
            ("postgres", true),
            ("postgres.svc.cluster.local", true),
            ("postgres.research.svc.cluster.local", true),
            ("postgres.example.org", false),
            ("secret.postgres", false),
            ("postgres.", false),
        ] {
            assert_eq!(resolvers.stands_for(asked, "Postgres"), stands, "{asked}");
        }
    }
}
