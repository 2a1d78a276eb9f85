//! Secrets among the options of a command: `--password x`, `mysql -px`, `curl -u user:x`.

use super::Hit;
use super::class::{is_word, line_start, run};
use super::lexicon;
use super::secret::value_end;
use crate::phi::field::{self, Field};
use crate::phi::kind::Kind;
use crate::phi::placeholder;

/// No command is looked for further before its option.
const MAX_COMMAND: usize = 64;

/// Commands and their option for a password: what it begins with, its letter, and whether the password may
/// stand apart from it. Sources: the manual pages of each.
const PASSWORDS: &[(&[u8], u8, bool)] = &[
    (b"mysql", b'p', false),
    (b"mariadb", b'p', false),
    (b"sshpass", b'p', true),
    (b"docker login", b'p', true),
    (b"podman login", b'p', true),
    (b"mongo", b'p', true),
    (b"redis-cli", b'a', true),
    (b"7z", b'p', false),
    (b"zip", b'P', true),
    (b"unzip", b'P', true),
    (b"ldap", b'w', true),
    (b"sqlcmd", b'P', true),
    (b"bcp", b'P', true),
    (b"rabbitmq", b'p', true),
];

/// Which of the commands may be, as bits: by what they begin with, by their option's letter, and by it where the
/// password stands apart. Most of what stands before an option is passed over by these alone.
struct Commands {
    first: [u16; 256],
    letter: [u16; 256],
    apart: [u16; 256],
}

static COMMANDS: Commands = {
    let mut commands = Commands {
        first: [0; 256],
        letter: [0; 256],
        apart: [0; 256],
    };
    let mut at = 0;
    while at < PASSWORDS.len() {
        let (command, letter, may_part) = PASSWORDS[at];
        commands.first[command[0] as usize] |= 1 << at;
        commands.letter[letter as usize] |= 1 << at;
        commands.apart[letter as usize] |= (may_part as u16) << at;
        at += 1;
    }
    commands
};

/// The secret of the option whose hyphen is at `start`.
pub(super) fn find(text: &[u8], start: usize) -> Option<Hit> {
    if start > 0 && text[start - 1] > b' ' {
        return None;
    }
    match text.get(start + 1)? {
        b'-' => of_user(text, start).or_else(|| long(text, start)),
        b'u' | b'U' => of_user(text, start),
        &letter if letter.is_ascii_alphabetic() => short(text, start, letter),
        _ => None,
    }
}

/// "--token x", whose value stands apart; with a sign of equality it is a key as any other.
fn long(text: &[u8], start: usize) -> Option<Hit> {
    let end = run(text, start + 2, |byte| is_word(byte) || byte == b'-');
    if text.get(end) != Some(&b' ')
        || end - start > 34
        || field::classify(&text[start + 2..end]) != Field::Secret
    {
        return None;
    }
    let hit = value(text, end + 1)?;
    let word = run(text, hit.start, is_word);
    // "--password or --key" of a manual.
    let is_prose = word == hit.end && lexicon::is_wording(text, hit.start, word);
    (!is_prose).then_some(hit)
}

fn short(text: &[u8], start: usize, letter: u8) -> Option<Hit> {
    let apart = text.get(start + 2) == Some(&b' ');
    let by_letter = if apart {
        &COMMANDS.apart
    } else {
        &COMMANDS.letter
    };
    let sought = by_letter[usize::from(letter)];
    if sought == 0 {
        return None;
    }
    let line = &text[line_start(text, start, MAX_COMMAND)..start];
    let is_command = line.iter().enumerate().any(|(at, &first)| {
        let may_be = COMMANDS.first[usize::from(first)] & sought;
        may_be != 0
            && (at == 0
                || matches!(
                    line[at - 1],
                    b' ' | b'/' | b'"' | b'\'' | b'`' | b'$' | b'(' | b':'
                ))
            && (0..PASSWORDS.len())
                .any(|place| may_be & 1 << place != 0 && line[at..].starts_with(PASSWORDS[place].0))
    });
    is_command
        .then(|| value(text, start + 2 + usize::from(apart)))
        .flatten()
}

fn value(text: &[u8], at: usize) -> Option<Hit> {
    let quote = text
        .get(at)
        .copied()
        .filter(|byte| matches!(byte, b'"' | b'\''));
    let start = at + usize::from(quote.is_some());
    let end = match quote {
        Some(quote) => run(text, start, |byte| byte != quote && byte != b'\n'),
        None => value_end(text, start),
    };
    let is_none = end == start
        || matches!(text[start], b'-' | b'$' | b'<' | b'{')
        || placeholder::length_at(&text[start..]).is_some();
    (!is_none).then_some(Hit {
        start,
        end,
        kind: Kind::Secret,
    })
}

/// The password of an option for user and password: `curl -u user:password`.
fn of_user(text: &[u8], start: usize) -> Option<Hit> {
    let option = [
        &b"--user "[..],
        b"--user=",
        b"--proxy-user ",
        b"-u ",
        b"-U ",
    ]
    .into_iter()
    .find(|option| text[start..].starts_with(option))?;
    let user = start + option.len();
    let end = value_end(text, run(text, user, |byte| matches!(byte, b'\'' | b'"')));
    let colon = text.get(user..end)?.iter().position(|&byte| byte == b':')? + user + 1;
    let password = &text[colon..end];
    // The numbers of a user and a group, as of a container.
    let is_group = password.iter().all(u8::is_ascii_digit);
    let is_done = placeholder::length_at(&text[colon..]).is_some();
    (!password.is_empty() && !is_group && !is_done).then_some(Hit {
        start: colon,
        end,
        kind: Kind::Secret,
    })
}

#[cfg(test)]
mod tests {
    use crate::phi::redact_text;

    #[test]
    fn the_secret_of_an_option_goes_once() {
        for (text, once) in [
            (
                "curl -u admin:S3cr3t!x http://x/",
                "curl -u admin:[secret] http://x/",
            ),
            ("mysql -u root -phunter db", "mysql -u root -p[secret] db"),
            ("sshpass -p hunter ssh x", "sshpass -p [secret] ssh x"),
            (
                "deploy --api-key 'hunter x' --dry",
                "deploy --api-key '[secret]' --dry",
            ),
        ] {
            assert_eq!(redact_text(text), once);
            assert_eq!(redact_text(once), once);
        }
        for text in [
            "docker run -u 1000:1000 -p 8080:80 app",
            "mysql -p db",
            "give --password or --token to the command",
            "ls -p /tmp",
        ] {
            assert_eq!(redact_text(text), text);
        }
    }
}
