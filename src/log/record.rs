//! A record on its way to the writer: a head of fixed size and the parts, one behind the other.

use super::Level;

/// What a line is made of. All but the message is JSON already.
#[derive(Clone, Copy, Debug, Default)]
pub struct Parts<'a> {
    /// `"module":…`, and `,"requestId":…` where there is one.
    pub origin: &'a str,
    /// The members of the logger's own context, without braces.
    pub context: &'a str,
    /// An object with the fields of the call, or nothing.
    pub fields: &'a str,
    /// Any text.
    pub message: &'a str,
}

impl<'a> Parts<'a> {
    /// Takes apart what JavaScript hands over in one string: the parts with a newline between,
    /// which JSON has none of. Everything behind the third is message.
    pub fn split(joined: &'a str) -> Option<Self> {
        let mut parts = joined.splitn(4, '\n');
        Some(Self {
            origin: parts.next()?,
            context: parts.next()?,
            fields: parts.next()?,
            message: parts.next()?,
        })
    }

    fn all(&self) -> [&'a str; 4] {
        [self.origin, self.context, self.fields, self.message]
    }

    /// How many bytes it takes in a queue.
    pub(super) fn size(&self) -> usize {
        HEAD + self.all().iter().map(|part| part.len()).sum::<usize>()
    }
}

/// The time, the level, and the length of each part.
const HEAD: usize = 8 + 8 + 4 * 8;

/// A record in a queue.
#[derive(Debug)]
pub(super) struct Record<'a> {
    pub(super) millis: u64,
    pub(super) level: Level,
    pub(super) parts: Parts<'a>,
}

impl<'a> Record<'a> {
    pub(super) fn append(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.millis.to_ne_bytes());
        out.extend_from_slice(&(self.level as u64).to_ne_bytes());
        for part in self.parts.all() {
            out.extend_from_slice(&(part.len() as u64).to_ne_bytes());
        }
        for part in self.parts.all() {
            out.extend_from_slice(part.as_bytes());
        }
    }

    /// The first record of `bytes`, and how many bytes it takes.
    pub(super) fn first(bytes: &'a [u8]) -> Option<(Self, usize)> {
        let mut words = bytes.get(..HEAD)?.chunks_exact(8);
        let mut word = || words.next()?.try_into().ok().map(u64::from_ne_bytes);
        let millis = word()?;
        let level = *Level::ALL.get(usize::try_from(word()?).ok()?)?;
        let mut rest = bytes.get(HEAD..)?;
        let mut part = || {
            let (part, behind) = rest.split_at_checked(usize::try_from(word()?).ok()?)?;
            rest = behind;
            str::from_utf8(part).ok()
        };
        let parts = Parts {
            origin: part()?,
            context: part()?,
            fields: part()?,
            message: part()?,
        };
        let record = Self {
            millis,
            level,
            parts,
        };
        Some((record, parts.size()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_appended_comes_back() {
        let mut queue = Vec::new();
        let joined = "\"module\":\"m\"\n\"a\":1\n{\"b\":2}\ntwo\nlines";
        let parts = Parts::split(joined).unwrap();
        for level in Level::ALL {
            Record {
                millis: 7,
                level,
                parts,
            }
            .append(&mut queue);
        }
        let mut rest = queue.as_slice();
        for level in Level::ALL {
            let (record, size) = Record::first(rest).unwrap();
            assert_eq!((record.millis, record.level), (7, level));
            assert_eq!(record.parts.origin, "\"module\":\"m\"");
            assert_eq!(record.parts.context, "\"a\":1");
            assert_eq!(record.parts.fields, "{\"b\":2}");
            assert_eq!(record.parts.message, "two\nlines");
            rest = &rest[size..];
        }
        assert!(rest.is_empty() && Record::first(rest).is_none());
    }

    #[test]
    fn a_string_with_too_few_parts_is_none() {
        assert!(Parts::split("a\nb\nc").is_none());
        assert!(Parts::split("\n\n\n").is_some());
    }
}
