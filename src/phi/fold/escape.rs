//! Escapes of JSON and JavaScript, percent encoding, and character references of HTML.

use super::control::{ESCAPE, control};
use super::{Folded, character};

/// A run of backslashes and what it escapes, however many layers that takes.
pub(super) fn backslashes(text: &[u8], at: usize, folded: &mut Folded) -> usize {
    let run = text[at..].iter().take_while(|&&byte| byte == b'\\').count();
    match escape(text, at, at + run, folded) {
        0 => {
            folded.push(b'\\', at);
            run
        }
        length => length,
    }
}

/// Decodes the escape whose letter is at `letter`. Returns its length from `at`, or nought.
pub(super) fn escape(text: &[u8], at: usize, letter: usize, folded: &mut Folded) -> usize {
    let Some(&escaped) = text.get(letter) else {
        return 0;
    };
    match escaped {
        b'"' | b'/' | b'\\' | b'\'' => folded.push(escaped, at),
        b'n' => folded.push(b'\n', at),
        // Alone it ends a line, as in HL7 v2; before a line feed it is part of that end.
        b'r' => folded.push(
            if is_line_feed(text, letter + 1) {
                b'\r'
            } else {
                b'\n'
            },
            at,
        ),
        b'e' | b'0' => {
            let digits = if escaped == b'0' { &b"033"[..] } else { b"e" };
            let end = text[letter..]
                .starts_with(digits)
                .then(|| control(text, letter + digits.len(), folded))
                .flatten();
            return end.map_or(0, |end| end - at);
        }
        b't' | b'b' | b'f' => folded.push(b'\t', at),
        b'u' => return unicode_escape(text, at, letter + 1, folded),
        b'x' => {
            let Some(byte) = hex_pair(text, letter + 1) else {
                return 0;
            };
            if byte == ESCAPE
                && let Some(end) = control(text, letter + 3, folded)
            {
                return end - at;
            }
            character(char::from(byte), at, folded);
            return letter + 3 - at;
        }
        _ => return 0,
    }
    letter + 1 - at
}

/// Whether an escaped line feed is at `at`, in as many layers as it may be.
fn is_line_feed(text: &[u8], at: usize) -> bool {
    let run = text[at.min(text.len())..]
        .iter()
        .take_while(|&&byte| byte == b'\\')
        .count();
    run > 0 && text.get(at + run) == Some(&b'n')
}

fn unicode_escape(text: &[u8], at: usize, digits: usize, folded: &mut Folded) -> usize {
    let Some(unit) = hex_unit(text, digits) else {
        return 0;
    };
    let mut end = digits + 4;
    let mut point = u32::from(unit);
    if (0xd800..0xdc00).contains(&unit) {
        let mut low = end;
        while text.get(low) == Some(&b'\\') {
            low += 1;
        }
        if low > end
            && text.get(low) == Some(&b'u')
            && let Some(second @ 0xdc00..=0xdfff) = hex_unit(text, low + 1)
        {
            point = 0x10000 + ((point - 0xd800) << 10) + (u32::from(second) - 0xdc00);
            end = low + 5;
        }
    }
    if point == u32::from(ESCAPE)
        && let Some(end) = control(text, end, folded)
    {
        return end - at;
    }
    // A surrogate without its other half is no character at all.
    character(char::from_u32(point).unwrap_or('\u{fffd}'), at, folded);
    end - at
}

/// `%40`, and `%2540`, which is the same encoded twice. Letters may be encoded as one byte, as before UTF-8.
pub(super) fn percent(text: &[u8], at: usize, folded: &mut Folded) -> usize {
    let mut digits = at + 1;
    while text.get(digits..digits + 2) == Some(b"25") && hex_pair(text, digits + 2).is_some() {
        digits += 2;
    }
    let Some(first) = hex_pair(text, digits) else {
        return 0;
    };
    let mut end = digits + 2;
    if first < 0x80 {
        let ends = first <= b' '
            || matches!(
                first,
                0x7f | b'"' | b'<' | b'>' | b'`' | b'\\' | b'|' | b'{' | b'}'
            );
        if ends && (folded.is_in_path(first) || folded.token.is_secret(text, at)) {
            return 0;
        }
        folded.push(first, at);
        return end - at;
    }
    let mut encoded = [first, 0, 0, 0];
    let mut len = 1;
    while len < 4 && text.get(end) == Some(&b'%') {
        match hex_pair(text, end + 1) {
            Some(byte @ 0x80..=0xbf) => encoded[len] = byte,
            _ => break,
        }
        len += 1;
        end += 3;
    }
    let (c, used) = decode(&encoded[..len]);
    let latin = char::from(first);
    let c = match c {
        '\u{fffd}' if used == 1 && latin.is_alphabetic() && first >= 0xc0 => latin,
        // No character: "LIKE '%Abbott%'".
        '\u{fffd}' if used == 1 => return 0,
        c => c,
    };
    character(c, at, folded);
    // What is not part of this character is read again.
    if used < len {
        digits + 2 - at
    } else {
        end - at
    }
}

pub(super) fn reference(text: &[u8], at: usize, folded: &mut Folded) -> usize {
    const NAMED: [(&[u8], u8); 14] = [
        (b"&commat;", b'@'),
        (b"&period;", b'.'),
        (b"&hyphen;", b'-'),
        (b"&ndash;", b'-'),
        (b"&nbsp;", b' '),
        (b"&quot;", b'"'),
        (b"&apos;", b'\''),
        (b"&colon;", b':'),
        (b"&sol;", b'/'),
        (b"&lpar;", b'('),
        (b"&rpar;", b')'),
        (b"&amp;", b'&'),
        (b"&lt;", b'<'),
        (b"&gt;", b'>'),
    ];
    if text.get(at + 1) != Some(&b'#') {
        if !is_named(text, at) {
            return 0;
        }
        for (name, byte) in NAMED {
            if text[at..].starts_with(name) {
                folded.push(byte, at);
                return name.len();
            }
        }
        return 0;
    }
    let hexadecimal = matches!(text.get(at + 2), Some(b'x' | b'X'));
    let digits = at + 2 + usize::from(hexadecimal);
    let radix = if hexadecimal { 16 } else { 10 };
    let len = text[digits.min(text.len())..]
        .iter()
        .take(7)
        .take_while(|byte| char::from(**byte).is_digit(radix))
        .count();
    let point = std::str::from_utf8(&text[digits.min(text.len())..digits.min(text.len()) + len])
        .ok()
        .and_then(|digits| u32::from_str_radix(digits, radix).ok())
        .and_then(char::from_u32);
    match point {
        Some(c) => {
            character(c, at, folded);
            let end = digits + len;
            end + usize::from(text.get(end) == Some(&b';')) - at
        }
        None => 0,
    }
}

/// Whether a reference by name may be at `at`: most ampersands part the parameters of a query.
pub(super) fn is_named(text: &[u8], at: usize) -> bool {
    const LONGEST: usize = 8;
    text.get(at + 1).is_some_and(u8::is_ascii_alphabetic)
        && text[at..].iter().take(LONGEST).any(|&byte| byte == b';')
}

/// The first character and its length. What is no UTF-8 stands for itself, one byte at a time.
pub(super) fn decode(bytes: &[u8]) -> (char, usize) {
    let length = match bytes.first() {
        Some(0xf0..) => 4,
        Some(0xe0..) => 3,
        Some(0xc0..) => 2,
        _ => 1,
    };
    let first = bytes
        .get(..length)
        .and_then(|bytes| std::str::from_utf8(bytes).ok()?.chars().next());
    first.map_or(('\u{fffd}', 1), |c| (c, length))
}

pub(super) fn hex_pair(text: &[u8], at: usize) -> Option<u8> {
    let digit = |at: usize| text.get(at).and_then(|&byte| char::from(byte).to_digit(16));
    u8::try_from(digit(at)? << 4 | digit(at + 1)?).ok()
}

fn hex_unit(text: &[u8], at: usize) -> Option<u16> {
    Some(u16::from(hex_pair(text, at)?) << 8 | u16::from(hex_pair(text, at + 2)?))
}
