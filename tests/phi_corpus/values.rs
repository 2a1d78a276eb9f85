//! Identifiers that belong to nobody, in the spellings that people and machines give them.

use researchflow_core::phi::Kind;

use super::numbers::{card, dea, iban, mbi, npi, vin};
use super::random::Random;
use super::words::{CITIES, FIRST, FOREIGN, LAST, MONTHS, STATES, STREETS, SUFFIXES};

/// A value of the kind. `bare` is for where the surroundings say what it is, so that its form need not.
pub fn value(kind: Kind, bare: bool, random: &mut Random) -> String {
    let r = random;
    match kind {
        Kind::Ssn => ssn(bare, r),
        Kind::Phone => phone(bare, r),
        Kind::Email => email(r),
        Kind::Mrn => {
            let form = r.pick(&[
                "########",
                "#######",
                "MRN-######",
                "H########",
                "?#######",
                "##-##-####",
                "A0######",
                "######-#",
                "????-######",
                "00####",
                "##########",
            ]);
            r.fill(form)
        }
        Kind::Name => name(r),
        Kind::Date => date(bare, r),
        Kind::Age => r.between(90, 109).to_string(),
        Kind::Ip => ip(r),
        Kind::Card => card(r),
        Kind::Iban => iban(r),
        Kind::Npi => npi(r),
        Kind::Dea => dea(r),
        Kind::Mbi => mbi(r),
        Kind::Vin => vin(r),
        Kind::Account => {
            let form = r.pick(&[
                "##########",
                "########",
                "####-####-##",
                "ACCT-######",
                "############",
                "?##########",
                "PA#######",
            ]);
            r.fill(form)
        }
        Kind::Plan => {
            let form = r.pick(&[
                "???#########",
                "W#########",
                "##########",
                "?#########-##",
                "H####-######",
                "??########?",
                "#########A",
                "XYZ#########",
            ]);
            r.fill(form)
        }
        Kind::License => {
            let form = r.pick(&[
                "?#######",
                "?###-####-####",
                "#########",
                "??######",
                "?########",
                "#???###",
                "MD-#####",
                "A######",
            ]);
            r.fill(form)
        }
        Kind::Device => {
            let form = r.pick(&[
                "SN-########",
                "?????######?",
                "##########-??",
                "(01)##############(21)??????##",
                "^^:^^:^^:^^:^^:^^",
                "?#?#?#?#?#",
                "PM####-######",
            ]);
            r.fill(form)
        }
        Kind::Address => address(r),
        Kind::Zip => match r.between(0, 2) {
            0 => r.fill("%####-####"),
            _ => r.fill("%####"),
        },
        Kind::Url => url(r),
        Kind::Secret => secret(bare, r),
    }
}

fn ssn_parts(r: &mut Random) -> (u64, u64, u64) {
    let area = match r.between(1, 899) {
        666 => 665,
        area => area,
    };
    (area, r.between(1, 99), r.between(1, 9999))
}

fn ssn(bare: bool, r: &mut Random) -> String {
    let (a, g, s) = ssn_parts(r);
    match r.between(0, if bare { 8 } else { 6 }) {
        0 | 1 => format!("{a:03}-{g:02}-{s:04}"),
        2 => format!("{a:03} {g:02} {s:04}"),
        3 => format!("{a:03}.{g:02}.{s:04}"),
        4 => format!("{a:03}\u{2013}{g:02}\u{2013}{s:04}"),
        5 => format!("{a:03}\u{a0}{g:02}\u{a0}{s:04}"),
        6 => format!("{a:03}\u{2011}{g:02}\u{2011}{s:04}"),
        _ => format!("{a:03}{g:02}{s:04}"),
    }
}

fn phone(bare: bool, r: &mut Random) -> String {
    let forms = [
        "(%##) %##-####",
        "%##-%##-####",
        "%##.%##.####",
        "%## %## ####",
        "+1 %##-%##-####",
        "+1%##%######",
        "1-%##-%##-####",
        "(%##)%##-####",
        "+44 20 7946 ####",
        "+49 30 901820##",
        "+33 1 %# ## ## ##",
        "%##-%##-#### ext. ###",
        "+1 (%##) %##-####",
        "(%##) %##-#### x##",
        "+91 98### #####",
        "%##\u{2010}%##\u{2010}####",
        "%##\u{a0}%##\u{a0}####",
        "+81-3-####-####",
        "%##/%##-####",
        "1 (%##) %##-####",
        "%##%######",
        "020 7946 ####",
        "%##-####",
    ];
    let count = if bare { forms.len() } else { forms.len() - 3 };
    let form = r.pick(&forms[..count]);
    r.fill(form)
}

fn email(r: &mut Random) -> String {
    let first = r.pick(&[
        "jane",
        "j.doe",
        "maria_garcia",
        "o'neil",
        "zoë",
        "p.patel+labs",
        "用户",
        "smith-jones",
        "x",
        "first.last",
        "100123",
    ]);
    let number = r.between(1, 9999);
    let domain = r.pick(&[
        "example.org",
        "mail.example.co.uk",
        "st-mary.example",
        "bücher.example",
        "xn--bcher-kva.example",
        "clinic.health",
        "gmail.com",
        "例え.jp",
    ]);
    match r.between(0, 6) {
        0 => format!("{first}{number}%40{domain}"),
        1 => format!("{first}{number}\u{ff20}{domain}"),
        2 => format!("{first}.{number}@{}", domain.to_uppercase()),
        _ => format!("{first}{number}@{domain}"),
    }
}

fn name(r: &mut Random) -> String {
    let (first, last) = (r.pick(FIRST), r.pick(LAST));
    let initial = r.fill("?");
    match r.between(0, 9) {
        0 => format!("{last}, {first}"),
        1 => format!("{first} {initial}. {last}"),
        2 => format!("{first} {last}").to_uppercase(),
        3 => format!("{last}, {first} {initial}."),
        4 => format!("{first} {} {last}", r.pick(FIRST)),
        5 => format!("{first} {last} Jr."),
        6 if r.one_in(2) => r.pick(FOREIGN).to_owned(),
        _ => format!("{first} {last}"),
    }
}

fn date(bare: bool, r: &mut Random) -> String {
    let (y, m, d) = (r.between(1915, 2019), r.between(1, 12), r.between(1, 28));
    let month = MONTHS[m as usize - 1];
    let short = &month[..3];
    let yy = y % 100;
    match r.between(0, if bare { 21 } else { 18 }) {
        0..=2 => format!("{y}-{m:02}-{d:02}"),
        3 | 4 => format!("{m:02}/{d:02}/{y}"),
        5 => format!("{d:02}/{m:02}/{y}"),
        6 => format!("{d:02}.{m:02}.{y}"),
        7 => format!("{month} {d}, {y}"),
        8 => format!("{d} {short} {y}"),
        9 => format!("{short} {d}th, {y}"),
        10 => format!("{m}/{d}/{yy:02}"),
        11 => format!("{d}-{short}-{y}"),
        12 => format!("{y}/{m:02}/{d:02}"),
        13 => format!("{d}th of {month} {y}"),
        14 => format!("{m:02}-{d:02}-{y}"),
        15 => format!("{}-{}-{}", r.fill("195#"), "03", "03"),
        16 => format!("{d:02}{}{y}", short.to_uppercase()),
        17 => format!("{y}\u{2011}{m:02}\u{2011}{d:02}"),
        18 => format!("{month} {d} {y}"),
        19 => format!("{y}{m:02}{d:02}"),
        20 => format!("{m:02}/{y}"),
        _ => format!("{y}-{m:02}-{d:02}T00:00:00.000Z"),
    }
}

fn ip(r: &mut Random) -> String {
    if r.one_in(3) {
        let form = r.pick(&[
            "2001:db8:^^^^:^^^^::^^^^",
            "2a02:26f0:^^^^:^^^::^^",
            "2607:f8b0:4005:80a::200e",
            "2001:0db8:85a3:0000:0000:8a2e:0370:^^^^",
        ]);
        return r.fill(form);
    }
    let first = r.pick(&["8", "52", "203", "198", "73", "93", "185", "4", "151"]);
    let (b, c, d) = (r.between(20, 250), r.between(0, 255), r.between(1, 254));
    format!("{first}.{b}.{c}.{d}")
}

fn address(r: &mut Random) -> String {
    let number = r.between(1, 19999);
    let street = format!("{number} {} {}", r.pick(STREETS), r.pick(SUFFIXES));
    let city = format!("{}, {} {}", r.pick(CITIES), r.pick(STATES), r.fill("%####"));
    match r.between(0, 5) {
        0 => format!("{street}, {city}"),
        1 => format!("{street}, Apt {}", r.fill("#?")),
        2 => format!("P.O. Box {}", r.between(10, 9999)),
        3 => format!("{street} Suite {}, {city}", r.between(100, 900)),
        4 => format!("PO Box {}, {city}", r.between(10, 9999)),
        _ => street,
    }
}

/// The whole URL; what must go is what follows the host.
fn url(r: &mut Random) -> String {
    let path = r.pick(&[
        "patients",
        "chart/view",
        "fhir/Patient",
        "p",
        "reset-password",
        "records.php",
        "#/inbox",
    ]);
    let tail = r.fill("~~~~~######");
    match r.between(0, 3) {
        0 => format!("https://portal.example.org/{path}/{tail}"),
        1 => format!("http://ehr.internal:8080/{path}?id={tail}&tab=labs"),
        2 => format!("https://example.com/{path}/{tail}#section-2"),
        _ => format!("wss://live.example.net/{path}?token={tail}"),
    }
}

fn secret(bare: bool, r: &mut Random) -> String {
    let forms = [
        "ghp_~~~~####~~~~####~~~~####~~~~####~~~~",
        "sk-ant-api03-~~~~~~####~~~~~~####~~~~",
        "AKIA????####????####",
        "xoxb-############-~~~~####~~~~",
        "AIza~~~~~~~####~~~~~~~####~~~~~~~####~~",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI~~~~####~~~~.~~~~~~~~####~~~~~~~~####",
        "sk_live_~~~~~~~~####~~~~~~~~####",
        "glpat-~~~~####~~~~####~~~~",
        "hunter#~~~~",
        "Tr0ub4dor&####",
        "correct-horse-####",
        "~~~~####????",
    ];
    let count = if bare { forms.len() } else { forms.len() - 4 };
    let form = r.pick(&forms[..count]);
    r.fill(form)
}
