//! Which ASCII character a character of Unicode stands for, if it does.

/// What stands for other punctuation and symbols, and parts words: no word, no number and no name goes on with it, but a
/// password may.
pub(in super::super) const MARK: u8 = 0x1f;

/// What a character stands for.
pub(super) enum Like {
    Itself,
    Ascii(u8),
    /// One of ASCII, or what parts words.
    Joint(u8),
    Nothing,
}

pub(super) fn ascii_like(c: char) -> Like {
    if c.is_ascii() {
        return Like::Ascii(c as u8);
    }
    match c {
        // Letters, and signs on them, of Latin, Greek, Cyrillic, Hebrew, Arabic, Devanagari, Thai, Kana, Han and Hangul, the
        // most frequent by far.
        '\u{c0}'..='\u{d6}'
        | '\u{d8}'..='\u{f6}'
        | '\u{f8}'..='\u{24f}'
        | '\u{300}'..='\u{34e}'
        | '\u{388}'..='\u{3ff}'
        | '\u{400}'..='\u{52f}'
        | '\u{5d0}'..='\u{5ea}'
        | '\u{620}'..='\u{65f}'
        | '\u{900}'..='\u{963}'
        | '\u{e01}'..='\u{e3a}'
        | '\u{e40}'..='\u{e4e}'
        | '\u{3041}'..='\u{3096}'
        | '\u{30a1}'..='\u{30fa}'
        | '\u{4e00}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7a3}' => Like::Itself,
        // Without width, or only a hint: Cf and the variation selectors.
        '\u{ad}'
        | '\u{34f}'
        | '\u{61c}'
        | '\u{180e}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}'
        | '\u{2066}'..='\u{206f}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' => Like::Nothing,
        // Zs, and the line separators.
        '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => {
            Like::Ascii(b' ')
        }
        // And the signs that show a line's end.
        '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{21b5}' | '\u{23ce}' | '\u{2424}' => {
            Like::Ascii(b'\n')
        }
        // Pd, and the minus signs.
        '\u{58a}'
        | '\u{5be}'
        | '\u{2010}'..='\u{2013}'
        | '\u{2043}'
        | '\u{207b}'
        | '\u{208b}'
        | '\u{2212}'
        // And the lines that tables are drawn with.
        | '\u{2500}'
        | '\u{2501}'
        | '\u{2504}'
        | '\u{2505}'
        | '\u{2508}'
        | '\u{2509}'
        | '\u{2550}'
        | '\u{2e3a}'
        | '\u{2e3b}'
        | '\u{301c}'
        | '\u{fe58}'
        | '\u{fe63}' => Like::Ascii(b'-'),
        '\u{2014}' | '\u{2015}' => Like::Joint(b'-'),
        '\u{b7}' | '\u{2022}' => Like::Joint(b'.'),
        '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2b9}' | '\u{2bc}' | '\u{2032}' => {
            Like::Ascii(b'\'')
        }
        '\u{201c}' | '\u{201d}' | '\u{201f}' | '\u{ab}' | '\u{bb}' => Like::Ascii(b'"'),
        '\u{2024}' | '\u{3002}' | '\u{ff61}' | '\u{fe52}' => {
            Like::Ascii(b'.')
        }
        '\u{fe6b}' => Like::Ascii(b'@'),
        // Arrows to the right, and what tables are drawn with.
        '\u{2192}' | '\u{21d2}' | '\u{27f6}' => Like::Ascii(b'>'),
        '\u{2502}' | '\u{2503}' | '\u{2506}' | '\u{2507}' | '\u{250a}' | '\u{250b}' | '\u{2551}' => {
            Like::Ascii(b'|')
        }
        '\u{250c}'..='\u{254b}' | '\u{2552}'..='\u{2570}' => Like::Ascii(b'+'),
        '\u{2044}' | '\u{2215}' => Like::Ascii(b'/'),
        '\u{2236}' | '\u{a789}' | '\u{fe55}' => Like::Ascii(b':'),
        '\u{2116}' => Like::Ascii(b'#'),
        // Half-width and full-width forms.
        '\u{ff01}'..='\u{ff5e}' => low(c as u32 - 0xff01 + 0x21),
        // Mathematical digits: five runs of ten.
        '\u{1d7ce}'..='\u{1d7ff}' => low((c as u32 - 0x1d7ce) % 10 + 0x30),
        '\u{2070}' | '\u{2074}'..='\u{2079}' => low(c as u32 - 0x2070 + 0x30),
        '\u{2080}'..='\u{2089}' => low(c as u32 - 0x2080 + 0x30),
        '\u{b9}' => Like::Ascii(b'1'),
        '\u{b2}' => Like::Ascii(b'2'),
        '\u{b3}' => Like::Ascii(b'3'),
        // Commas, and brackets that quote.
        '\u{60c}' | '\u{3001}' | '\u{ff64}' => Like::Ascii(b','),
        '\u{3008}'..='\u{3011}' | '\u{3014}'..='\u{301b}' | '\u{ff62}' | '\u{ff63}' => {
            Like::Ascii(b'"')
        }
        _ if is_mark(c) => Like::Ascii(MARK),
        _ => decimal_digit(c),
    }
}

/// Whether a character is punctuation or a symbol with which no word and no number goes on: those of Unicode's blocks for
/// them that are no letter and no number, but for the dots in names, and the signs of degrees, minutes and seconds.
fn is_mark(c: char) -> bool {
    let is_of_block = matches!(
        c,
        // Latin-1, and what the other scripts end a sentence with.
        '\u{a1}'..='\u{af}'
            | '\u{b1}'..='\u{bf}'
            | '\u{d7}'
            | '\u{f7}'
            | '\u{37e}'
            | '\u{55a}'..='\u{55f}'
            | '\u{589}'
            | '\u{61b}'
            | '\u{61f}'
            | '\u{66a}'..='\u{66d}'
            | '\u{6d4}'
            | '\u{964}'
            | '\u{965}'
            | '\u{e4f}'
            // General Punctuation, currencies, letter-like symbols, arrows, mathematics, boxes, dingbats.
            | '\u{2016}'..='\u{2026}'
            | '\u{2030}'..='\u{2031}'
            | '\u{2035}'..='\u{205e}'
            | '\u{207a}'..='\u{207e}'
            | '\u{208a}'..='\u{208e}'
            | '\u{20a0}'..='\u{20cf}'
            | '\u{2100}'..='\u{2218}'
            | '\u{221a}'..='\u{22c4}'
            | '\u{22c6}'..='\u{2bff}'
            | '\u{2e00}'..='\u{2e7f}'
            | '\u{3003}'..='\u{3020}'
            | '\u{3030}'..='\u{303f}'
            | '\u{fe10}'..='\u{fe19}'
            | '\u{fe30}'..='\u{fe6b}'
            | '\u{ff5f}'..='\u{ff64}'
            | '\u{ffe0}'..='\u{fffd}'
            // Pictographs.
            | '\u{1f000}'..='\u{1faff}'
    );
    is_of_block && !c.is_alphanumeric()
}

/// Whether a character is of a script that puts no blanks between words, and between a word and a number: Han, Kana, Hangul
/// (before a particle), Thai, Lao, Myanmar, Khmer.
pub(super) fn is_unspaced(c: char) -> bool {
    matches!(
        c,
        '\u{e01}'..='\u{eff}'
            | '\u{1000}'..='\u{109f}'
            | '\u{1780}'..='\u{17ff}'
            | '\u{2e80}'..='\u{2fdf}'
            | '\u{3005}'..='\u{3007}'
            | '\u{3041}'..='\u{30ff}'
            | '\u{3400}'..='\u{4dbf}'
            | '\u{4e00}'..='\u{9fff}'
            | '\u{ac00}'..='\u{d7a3}'
            | '\u{f900}'..='\u{faff}'
            | '\u{ff66}'..='\u{ff9f}'
            | '\u{20000}'..='\u{3ffff}'
    )
}

/// The zeros of Unicode's decimal digits in the Basic Multilingual Plane; nine more follow each.
const ZEROS: [u32; 36] = [
    0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6,
    0xe50, 0xed0, 0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50,
    0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10,
];

fn decimal_digit(c: char) -> Like {
    let point = c as u32;
    if point < ZEROS[0] {
        return Like::Itself;
    }
    let after = ZEROS.partition_point(|&zero| zero <= point);
    match point - ZEROS[after - 1] {
        digit @ 0..=9 => low(digit + 0x30),
        _ => Like::Itself,
    }
}

fn low(point: u32) -> Like {
    u8::try_from(point).map_or(Like::Itself, Like::Ascii)
}
