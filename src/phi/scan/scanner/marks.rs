//! What begins or ends at a mark.

use super::Scanner;
use crate::phi::json;
use crate::phi::kind::Kind;
use crate::phi::placeholder;
use crate::phi::scan::{
    Hit, after, class, code, constraint, email, ip, keyed, markup, naming, option, parameters,
    phone, secret, standard, statement, table, url,
};

impl Scanner<'_, '_> {
    /// At a colon or an equals sign: what the key before it names, or an address of IPv6.
    fn separator(&mut self, byte: u8) {
        let (text, at) = (self.text, self.at);
        if byte == b':'
            && let Some(hit) = standard::of_contact(text, at)
        {
            return self.take(hit);
        }
        if byte == b'='
            && let Some(hit) = standard::attendee(text, at)
        {
            return self.take(hit);
        }
        let is_spaced = byte == b'=' || matches!(text.get(at + 1), Some(b' ' | b'\t'));
        if is_spaced && self.labelled(at, at) {
            return;
        }
        let hit = match byte {
            b'=' => parameters::after_equals(text, at),
            _ => constraint::copied_line(text, at),
        };
        if let Some(hit) = hit {
            return self.take(hit);
        }
        if byte == b':' {
            let hits = parameters::after_colon(text, at, &mut self.spans.watch);
            if self.spans.watch.is_over() {
                return self.withhold();
            }
            if !hits.is_empty() {
                return self.found(&hits);
            }
        }
        match keyed::find(text, at, self.floor, &mut self.keys) {
            keyed::Found::Value(hit) => return self.take_list(hit, at),
            keyed::Found::Values(hits) => return self.found(&hits),
            keyed::Found::Version(end) => {
                self.at = end.max(at + 1);
                return;
            }
            keyed::Found::Nothing => {}
        }
        let address = (byte == b':').then(|| ip::find_v6(text, at, self.floor));
        match address.flatten() {
            Some(ip::Address::Public(hit)) => self.take(hit),
            Some(ip::Address::Other(end)) => self.at = end.max(at + 1),
            None => self.at += 1,
        }
    }

    /// At a mark.
    pub(super) fn mark(&mut self, byte: u8) {
        let (text, at) = (self.text, self.at);
        let hit = match byte {
            b'@' => {
                let hit = email::find(text, at, self.floor);
                if let Some(name) =
                    hit.and_then(|hit| email::display_name(text, hit.start, self.floor))
                {
                    self.take(name);
                }
                hit.or_else(|| phone::at_sign(text, at))
            }
            b':' if text[at..].starts_with(b"://") => return self.url(),
            b':' | b'=' => return self.separator(byte),
            b'[' => {
                if let Some(length) = placeholder::length_at(&text[at..]) {
                    self.at += length;
                    // "[ssn] => 1" of PHP and "patient[ssn]=1" of a form: it is a key.
                    let is_arrow = text[self.at..].starts_with(b" => ");
                    let value = self.at + if is_arrow { 4 } else { 1 };
                    // What stands at "[name]" may be a field's, which has no capital.
                    let is_member = at > 0 && class::is_word(text[at - 1]);
                    let is_key = (is_arrow || is_member && text.get(self.at) == Some(&b'='))
                        && (!text[at..].starts_with(b"[name")
                            || text.get(value).is_some_and(u8::is_ascii_uppercase));
                    if !is_key {
                        self.floor = self.at;
                    }
                    return;
                }
                email::spelt(text, at, self.floor)
                    .or_else(|| after::in_brackets(text, at, self.floor))
            }
            b'{' => return self.embedded_json(),
            b'\n' if at >= self.tabled => {
                let (hits, end) = table::rows(text, at, &mut self.spans.watch);
                self.tabled = end;
                if self.spans.watch.is_over() {
                    return self.withhold();
                }
                if hits.is_empty()
                    && let Some(hit) = naming::below(text, at)
                {
                    return self.found(&[hit]);
                }
                return self.found(&hits);
            }
            b'|' => keyed::cell(text, at, self.floor),
            b'>' if at > 0 && matches!(text[at - 1], b'-' | b'<') => {
                match keyed::find(text, at, self.floor, &mut self.keys) {
                    keyed::Found::Value(hit) => Some(hit),
                    _ => None,
                }
            }
            b'>' => markup::element(text, at),
            b'+' => phone::international(text, at),
            b'(' if text[..at].ends_with(b"row contains ") => constraint::failing_row(text, at),
            b'(' => {
                let hit = code::gs1_end(text, at)
                    .map(|end| Hit {
                        start: at,
                        end,
                        kind: Kind::Device,
                    })
                    .or_else(|| phone::in_parentheses(text, at))
                    .or_else(|| constraint::duplicate_value(text, at))
                    .or_else(|| standard::element(text, at))
                    .or_else(|| email::spelt(text, at, self.floor))
                    .or_else(|| after::in_brackets(text, at, self.floor));
                if hit.is_none() {
                    let generated = parameters::generated(text, at, &mut self.spans.watch);
                    if self.spans.watch.is_over() {
                        return self.withhold();
                    }
                    if !generated.is_empty() {
                        return self.found(&generated);
                    }
                    let hits = statement::tuples(text, at, &mut self.spans.watch);
                    if self.spans.watch.is_over() {
                        return self.withhold();
                    }
                    return self.found(&hits);
                }
                hit
            }
            b'-' => secret::private_key(text, at)
                .or_else(|| option::find(text, at))
                .or_else(|| code::masked_ssn(text, at, self.floor)),
            _ => None,
        };
        match hit {
            Some(hit) => self.take(hit),
            None => self.at += 1,
        }
    }

    fn url(&mut self) {
        let Some(found) = url::find(self.text, self.at) else {
            self.at += 3;
            return;
        };
        let start = self.at;
        if let Some(user) = found.user {
            self.take(user);
        }
        let host = match ip::find_v4(self.text, found.host.0) {
            Some(ip::Address::Public(hit)) => Some(hit),
            _ => ip::host_v6(self.text, found.host.0),
        };
        if let Some(hit) = host {
            self.take(hit);
        }
        if let Some(rest) = found.rest {
            self.take(rest);
        }
        self.at = found.end.max(start + 3);
        self.floor = self.at;
    }

    fn embedded_json(&mut self) {
        let rest = &self.text[self.at..];
        let inside = class::run(rest, 1, |byte| byte.is_ascii_whitespace());
        if rest.get(inside) == Some(&b'"')
            && rest.len() <= self.budget
            && json::may_nest(self.layers)
        {
            let (start, layers) = (self.at, self.layers);
            let found = self.spans.within(
                |spans| json::walk_prefix(rest, layers, spans),
                |place| place + start,
            );
            if let Ok(end) = found {
                self.at += end;
                self.floor = self.at;
                return;
            }
            self.budget -= rest.len();
        }
        self.at += 1;
    }
}
