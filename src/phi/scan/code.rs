//! Codes of letters and digits that their form gives away.

use super::Hit;
use super::card::luhn;
use super::class::{is_boundary_after, run, word_end};
use super::number::{digits_end, ends_number};
use crate::phi::Kind;

/// A quick look at a word: whether it is as long as a code and has a digit where one needs it.
pub(super) fn may_be(text: &[u8], start: usize, end: usize) -> bool {
    match end - start {
        8 => text.get(end) == Some(&b'-'),
        9 | 11 | 17 => true,
        0..=3 => false,
        _ => {
            text[start + 2].is_ascii_digit() && text[start + 3].is_ascii_digit()
                || text[start].is_ascii_digit()
        }
    }
}

/// A code that begins at `start`, a word that ends at `end`.
pub(super) fn find(text: &[u8], start: usize, end: usize) -> Option<Hit> {
    let word = &text[start..end];
    let hit = |end, kind| Some(Hit { start, end, kind });
    match word.len() {
        11 if is_mbi(word) && word.iter().any(u8::is_ascii_uppercase) => {
            return hit(end, Kind::Mbi);
        }
        // "i-0eacf0ac5e757e741": such ids of clouds pass the check at times.
        17 if is_vin(word) && !(start > 0 && text[start - 1] == b'-' && is_lower_hex(word)) => {
            return hit(end, Kind::Vin);
        }
        9 if is_dea(word) && word[0].is_ascii_uppercase() => return hit(end, Kind::Dea),
        _ => {}
    }
    if word.len() == 4
        && word[0].is_ascii_digit()
        && let Some(end) = hyphenated_mbi(text, start)
    {
        return hit(end, Kind::Mbi);
    }
    if word.len() >= 4
        && word[0].is_ascii_alphabetic()
        && word[1].is_ascii_alphabetic()
        && word[2].is_ascii_digit()
        && word[3].is_ascii_digit()
    {
        return iban_end(text, start).and_then(|end| hit(end, Kind::Iban));
    }
    None
}

/// Eleven places (CMS, "Understanding the Medicare Beneficiary Identifier (MBI) Format"): C A AN N A AN N
/// A A N N, where C is 1 to 9, and no letter is S, L, O, I, B or Z.
pub(super) fn is_mbi(word: &[u8]) -> bool {
    let letter = |byte: u8| {
        byte.is_ascii_alphabetic()
            && !matches!(
                byte.to_ascii_uppercase(),
                b'S' | b'L' | b'O' | b'I' | b'B' | b'Z'
            )
    };
    let either = |byte: u8| byte.is_ascii_digit() || letter(byte);
    word.len() == 11
        && matches!(word[0], b'1'..=b'9')
        && letter(word[1])
        && either(word[2])
        && word[3].is_ascii_digit()
        && letter(word[4])
        && either(word[5])
        && word[6].is_ascii_digit()
        && letter(word[7])
        && letter(word[8])
        && word[9].is_ascii_digit()
        && word[10].is_ascii_digit()
}

fn is_lower_hex(word: &[u8]) -> bool {
    word.iter()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// 1EG4-TE5-MK73, also with spaces.
fn hyphenated_mbi(text: &[u8], start: usize) -> Option<usize> {
    let mut code = [0; 11];
    let mut at = start;
    let mut count = 0;
    for length in [4, 3, 4] {
        if count > 0 {
            if !matches!(text.get(at), Some(b'-' | b' ')) {
                return None;
            }
            at += 1;
        }
        code[count..count + length].copy_from_slice(text.get(at..at + length)?);
        count += length;
        at += length;
    }
    (is_mbi(&code) && is_boundary_after(text, at)).then_some(at)
}

/// Seventeen places without I, O and Q, the ninth a check digit (49 CFR 565.15, ISO 3779).
pub(super) fn is_vin(word: &[u8]) -> bool {
    const WEIGHTS: [u32; 17] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
    if word.len() != 17
        || !word.iter().any(u8::is_ascii_alphabetic)
        || !word.iter().any(u8::is_ascii_digit)
    {
        return false;
    }
    let mut sum = 0;
    for (byte, weight) in word.iter().zip(WEIGHTS) {
        let value = match byte.to_ascii_uppercase() {
            digit @ b'0'..=b'9' => digit - b'0',
            b'A' | b'J' => 1,
            b'B' | b'K' | b'S' => 2,
            b'C' | b'L' | b'T' => 3,
            b'D' | b'M' | b'U' => 4,
            b'E' | b'N' | b'V' => 5,
            b'F' | b'W' => 6,
            b'G' | b'P' | b'X' => 7,
            b'H' | b'Y' => 8,
            b'R' | b'Z' => 9,
            _ => return false,
        };
        sum += u32::from(value) * weight;
    }
    let check = match sum % 11 {
        10 => b'X',
        digit => b'0' + u8::try_from(digit).unwrap_or(0),
    };
    word[8].to_ascii_uppercase() == check
}

/// Two letters, six digits and a check digit: the sum of the first, third and fifth and twice that of the
/// others ends in it (DEA, "DEA Number Verification", 21 CFR 1301).
pub(super) fn is_dea(word: &[u8]) -> bool {
    if word.len() != 9
        || !word[0].is_ascii_alphabetic()
        || !(word[1].is_ascii_alphabetic() || word[1] == b'9')
        || !word[2..].iter().all(u8::is_ascii_digit)
    {
        return false;
    }
    let digit = |place: usize| u32::from(word[place] - b'0');
    let sum = digit(2) + digit(4) + digit(6) + 2 * (digit(3) + digit(5) + digit(7));
    sum % 10 == digit(8)
}

/// Ten digits that pass Luhn with 80840 before them (CMS, "NPI Check Digit", 45 CFR 162.406).
pub(super) fn is_npi(digits: &[u8]) -> bool {
    if digits.len() != 10
        || !matches!(digits[0], b'1' | b'2')
        || !digits.iter().all(u8::is_ascii_digit)
    {
        return false;
    }
    let mut whole = *b"808400000000000";
    whole[5..].copy_from_slice(digits);
    luhn(&whole)
}

/// Nine digits whose sum, weighed by 3, 7 and 1, is a multiple of ten (American Bankers Association, "Routing
/// Number Policy").
pub(super) fn is_routing(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .zip([3, 7, 1].into_iter().cycle())
        .map(|(digit, weight)| u32::from(digit.wrapping_sub(b'0')) * weight)
        .sum();
    digits.len() == 9 && digits.iter().all(u8::is_ascii_digit) && sum.is_multiple_of(10)
}

/// Lengths by country: ISO 13616, the SWIFT IBAN registry.
const IBAN_LENGTHS: &[u8] = b"AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22CY28CZ24DE22DJ27DK18DO28EE20EG29ES24FI18FK18FO18FR27GB22GE22GI23GL18GR27GT28HN28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20LB28LC32LI21LT20LU20LV21LY25MC27MD24ME22MK19MN20MR27MT31MU30NI28NL18NO15OM23PK24PL28PS29PT25QA29RO24RS22RU33SA24SC31SD18SE24SI19SK24SM27SO23ST25SV28TL23TN24TR26UA29VA22VG24XK20YE30";

/// The end of the account number that begins at `start`, with or without spaces.
pub(super) fn iban_end(text: &[u8], start: usize) -> Option<usize> {
    let country = [
        text[start].to_ascii_uppercase(),
        text[start + 1].to_ascii_uppercase(),
    ];
    let entry = IBAN_LENGTHS
        .chunks_exact(4)
        .find(|entry| entry[..2] == country)?;
    let length = usize::from(entry[2] - b'0') * 10 + usize::from(entry[3] - b'0');
    let mut code = [0; 34];
    let mut count = 0;
    let mut at = start;
    while count < length {
        let byte = *text.get(at)?;
        if byte.is_ascii_alphanumeric() {
            code[count] = byte.to_ascii_uppercase();
            count += 1;
        } else if !matches!(byte, b' ' | b'+' | b'-' | b'.')
            || !text.get(at + 1)?.is_ascii_alphanumeric()
        {
            return None;
        }
        at += 1;
    }
    let code = &code[..length];
    // Modulo 97 (ISO/IEC 7064, MOD 97-10) of the code with its first four places last.
    let remainder = code[4..]
        .iter()
        .chain(&code[..4])
        .fold(0u32, |rest, &byte| match byte {
            b'0'..=b'9' => (rest * 10 + u32::from(byte - b'0')) % 97,
            letter => (rest * 100 + u32::from(letter - b'A') + 10) % 97,
        });
    (remainder == 1 && is_boundary_after(text, at)).then_some(at)
}

/// The end of a unique device identifier in the form of GS1 that begins at `start`: "(01)" and fourteen
/// digits, and perhaps more with its own number in parentheses (21 CFR 830, GS1 General Specifications).
pub(super) fn gs1_end(text: &[u8], start: usize) -> Option<usize> {
    if text.get(start..start + 4) != Some(b"(01)") || digits_end(text, start + 4) != start + 18 {
        return None;
    }
    let is_part =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'(' | b')' | b'-' | b'.' | b'/');
    let mut end = run(text, start + 18, is_part);
    while !text[end - 1].is_ascii_alphanumeric() {
        end -= 1;
    }
    Some(end)
}

/// How long a UUID is.
pub(super) const UUID: usize = 36;

/// Whether a UUID (RFC 9562) begins at `start`. Returns its end.
pub(super) fn uuid_end(text: &[u8], start: usize) -> Option<usize> {
    if text.get(start + 8) != Some(&b'-') {
        return None;
    }
    let uuid = text.get(start..start + UUID)?;
    let is_uuid = uuid.iter().enumerate().all(|(place, byte)| match place {
        8 | 13 | 18 | 23 => *byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    });
    (is_uuid && word_end(text, start + UUID - 1) == start + UUID).then_some(start + UUID)
}

/// The last four digits after a mask, "***-**-6789", whose first hyphen is at `hyphen`.
pub(super) fn masked_ssn(text: &[u8], hyphen: usize, floor: usize) -> Option<Hit> {
    let start = hyphen.checked_sub(3).filter(|&at| at >= floor)?;
    let end = hyphen + 8;
    let form = text.get(start..end)?;
    let is_mask = |bytes: &[u8]| {
        bytes
            .iter()
            .all(|byte| matches!(byte, b'*' | b'x' | b'X' | b'#'))
    };
    (form[6] == b'-'
        && is_mask(&form[..3])
        && is_mask(&form[4..6])
        && form[7..].iter().all(u8::is_ascii_digit)
        && ends_number(text, end))
    .then_some(Hit {
        start,
        end,
        kind: Kind::Ssn,
    })
}
