//! Numbers with check digits, made so that they pass.

use super::random::Random;

fn with_luhn(mut digits: String) -> String {
    for check in '0'..='9' {
        digits.push(check);
        let sum: u32 = digits
            .bytes()
            .rev()
            .enumerate()
            .map(|(place, byte)| {
                let digit = u32::from(byte - b'0') * (1 + place as u32 % 2);
                digit / 10 + digit % 10
            })
            .sum();
        if sum.is_multiple_of(10) {
            break;
        }
        digits.pop();
    }
    digits
}

pub fn card(r: &mut Random) -> String {
    let form = r.pick(&[
        "4##############",
        "51#############",
        "2221###########",
        "34############",
        "6011###########",
        "3530###########",
        "4##############",
    ]);
    let digits = with_luhn(r.fill(form));
    let groups = |separator: &str| -> String {
        let lengths: &[usize] = if digits.len() == 15 {
            &[4, 6, 5]
        } else {
            &[4, 4, 4, 4]
        };
        let mut at = 0;
        let parts: Vec<&str> = lengths
            .iter()
            .map(|length| {
                at += length;
                &digits[at - length..at]
            })
            .collect();
        parts.join(separator)
    };
    match r.between(0, 4) {
        0 | 1 => digits.clone(),
        2 => groups("-"),
        3 => groups("\u{a0}"),
        _ => groups(" "),
    }
}

pub fn iban(r: &mut Random) -> String {
    let (country, form) = [
        ("DE", "##################"),
        ("GB", "????##############"),
        ("FR", "##########?########?###"),
        ("NL", "????##########"),
        ("CH", "#################"),
        ("ES", "####################"),
        ("NO", "###########"),
    ][r.between(0, 6) as usize];
    let body = r.fill(form);
    let mut rest = 0u64;
    for byte in format!("{body}{country}00").bytes() {
        let value = if byte.is_ascii_digit() {
            u64::from(byte - b'0')
        } else {
            u64::from(byte - b'A') + 10
        };
        rest = if value > 9 {
            rest * 100 + value
        } else {
            rest * 10 + value
        } % 97;
    }
    let whole = format!("{country}{:02}{body}", 98 - rest);
    match r.between(0, 2) {
        0 => whole
            .as_bytes()
            .chunks(4)
            .map(|chunk| String::from_utf8_lossy(chunk).into_owned())
            .collect::<Vec<_>>()
            .join(" "),
        1 if r.one_in(2) => whole.to_lowercase(),
        _ => whole,
    }
}

pub fn npi(r: &mut Random) -> String {
    let body = r.fill("1########");
    let whole = with_luhn(format!("80840{body}"));
    whole[5..].to_owned()
}

pub fn dea(r: &mut Random) -> String {
    let letters = format!("{}{}", r.pick(&["A", "B", "F", "G", "M"]), r.fill("?"));
    let digits = r.fill("######");
    let at = |place: usize| u32::from(digits.as_bytes()[place] - b'0');
    let sum = at(0) + at(2) + at(4) + 2 * (at(1) + at(3) + at(5));
    format!("{letters}{digits}{}", sum % 10)
}

pub fn mbi(r: &mut Random) -> String {
    let mut letter = || {
        r.pick(&[
            "A", "C", "D", "E", "F", "G", "H", "J", "K", "M", "N", "P", "Q", "R", "T", "U", "V",
            "W", "X", "Y",
        ])
        .to_owned()
    };
    let letters: Vec<String> = (0..6).map(|_| letter()).collect();
    let digits = r.fill("######");
    let d = |place: usize| digits.as_bytes()[place] as char;
    let first = r.between(1, 9);
    let (one, two, three) = (
        format!("{first}{}{}{}", letters[0], letters[1], d(0)),
        format!(
            "{}{}{}",
            letters[2],
            if r.one_in(2) {
                d(1).to_string()
            } else {
                letters[3].clone()
            },
            d(2)
        ),
        format!("{}{}{}{}", letters[4], letters[5], d(3), d(4)),
    );
    match r.between(0, 3) {
        0 | 1 => format!("{one}-{two}-{three}"),
        2 => format!("{one}{two}{three}"),
        _ => format!("{one} {two} {three}"),
    }
}

pub fn vin(r: &mut Random) -> String {
    const LETTERS: &[u8] = b"0123456789ABCDEFGHJKLMNPRSTUVWXYZ";
    const VALUES: &[u32] = &[
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6,
        7, 8, 9,
    ];
    const WEIGHTS: [u32; 17] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
    let mut places: Vec<usize> = (0..17).map(|_| r.between(0, 32) as usize).collect();
    for (place, symbol) in [1, 17, 16].into_iter().enumerate() {
        places[place] = symbol;
    }
    for place in places.iter_mut().skip(11) {
        *place %= 10;
    }
    let sum: u32 = places
        .iter()
        .zip(WEIGHTS)
        .map(|(&place, weight)| VALUES[place] * weight)
        .sum();
    let mut vin: Vec<u8> = places.iter().map(|&place| LETTERS[place]).collect();
    vin[8] = match sum % 11 {
        10 => b'X',
        digit => b'0' + digit as u8,
    };
    String::from_utf8(vin).unwrap()
}
