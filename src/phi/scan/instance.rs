//! Instance identifiers of HL7's V3 data types, as in CDA: `<id root="…" extension="…"/>`.

use super::class::{run, run_at_most};
use super::markup::{local_name, tag_start};
use super::{Hit, whole};
use crate::phi::field::{self, Field};
use crate::phi::kind::Kind;
use crate::phi::placeholder;

/// The extension of an instance identifier of HL7's V3 data types (II), whose equals sign is at `equals`: of a
/// patient's role, or of the authority that the tag names.
pub(super) fn extension(text: &[u8], equals: usize) -> Option<Hit> {
    const MAX_TAG_REST: usize = 128;
    const AUTHORITY: &[u8] = b" assigningAuthorityName=\"";
    let attribute = text[..equals].strip_suffix(b" extension")?.len();
    let open = tag_start(text, attribute)?;
    if local_name(&text[open + 1..attribute])? != b"id" || text.get(equals + 1) != Some(&b'"') {
        return None;
    }
    let start = equals + 2;
    let end = run_at_most(text, start, MAX_TAG_REST, |byte| {
        !matches!(byte, b'"' | b'<' | b'>')
    });
    let tag_end = run_at_most(text, end, MAX_TAG_REST, |byte| byte != b'>');
    let value = &text[start..end];
    if value.is_empty() || placeholder::is_one(value) {
        return None;
    }
    let tag = &text[open..tag_end];
    let authority = tag
        .windows(AUTHORITY.len())
        .position(|it| it == AUTHORITY)
        .map(|at| &tag[at + AUTHORITY.len()..])
        .map(|name| field::classify(&name[..run(name, 0, |byte| byte != b'"')]));
    let field = match authority.or_else(|| of_root(tag)) {
        Some(field @ (Field::Strong(_) | Field::Coded(_))) => field,
        _ if text[..open].trim_ascii_end().ends_with(b"patientRole>") => Field::Strong(Kind::Mrn),
        _ => return None,
    };
    let kind = whole::whole(field, value, true)?;
    Some(Hit { start, end, kind })
}

/// What the object identifier of an authority in a tag says (HL7's registry of them): of social security, of providers, of
/// Medicare.
fn of_root(tag: &[u8]) -> Option<Field> {
    const ROOT: &[u8] = b" root=\"2.16.840.1.113883.4.";
    const ROOTS: [(&[u8], Kind); 4] = [
        (b"1\"", Kind::Ssn),
        (b"6\"", Kind::Npi),
        (b"572\"", Kind::Mbi),
        (b"927\"", Kind::Mbi),
    ];
    let at = tag.windows(ROOT.len()).position(|it| it == ROOT)? + ROOT.len();
    let known = ROOTS.iter().find(|(end, _)| tag[at..].starts_with(end));
    known.map(|&(_, kind)| Field::Strong(kind))
}
