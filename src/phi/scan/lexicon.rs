//! The words that the reading of text knows, in one table: a look at a filter of two KiB tells most
//! words from them.

use std::sync::LazyLock;

use crate::phi::field;

/// No known word is longer.
const MAX_WORD: usize = 16;

pub(super) const TITLE: u32 = 1;
pub(super) const ROLE: u32 = 1 << 1;
pub(super) const NO_NAME: u32 = 1 << 2;
pub(super) const PARTICLE: u32 = 1 << 3;
pub(super) const NAME_SUFFIX: u32 = 1 << 4;
pub(super) const STREET: u32 = 1 << 5;
pub(super) const UNIT: u32 = 1 << 6;
pub(super) const DIRECTION: u32 = 1 << 7;
pub(super) const COMMON: u32 = 1 << 8;
pub(super) const STATE: u32 = 1 << 9;
pub(super) const BETWEEN: u32 = 1 << 10;
pub(super) const MEASURE: u32 = 1 << 11;
pub(super) const SCHEME: u32 = 1 << 12;
pub(super) const MONTH: u32 = 1 << 13;
pub(super) const AGED: u32 = 1 << 14;
pub(super) const BOX: u32 = 1 << 15;
/// It may end a phrase that announces a value.
pub(super) const CUE: u32 = 1 << 16;
/// It may end a key whose value matters.
pub(super) const KEY: u32 = 1 << 17;

pub(super) const STATE_AND_WORD: u32 = 1 << 21;
/// "by" after it says who did something.
pub(super) const SIGNED: u32 = 1 << 18;
/// Between a role and a name.
pub(super) const LINK: u32 = 1 << 20;
/// It ends a name in lower case only.
pub(super) const NO_NAME_IN_LOWER: u32 = 1 << 19;

/// A database quotes a value after it.
pub(super) const DUPLICATE: u32 = 1 << 22;
/// A place on the earth may come next.
pub(super) const GEO: u32 = 1 << 23;
/// It follows a person's name: "Jane Doe, MD".
pub(super) const CREDENTIAL: u32 = 1 << 24;

/// What makes the reading of text look closer at a word.
pub(super) const ANNOUNCES: u32 =
    TITLE | ROLE | STATE | SCHEME | MONTH | AGED | BOX | CUE | DUPLICATE | GEO | CREDENTIAL;

const WORDS: &[(u32, &str)] = &[
    (
        TITLE,
        "mr mrs ms miss mx dr doctor prof professor rev frau herr mme mlle monsieur madame señor \
         señora señorita sra signor signora",
    ),
    (
        ROLE,
        "patient pt subject participant mother father spouse wife husband guardian kin attending \
         physician surgeon nurse provider consultant named dear resident caregiver son daughter \
         beneficiary insured subscriber guarantor clinician practitioner radiologist pathologist \
         psychiatrist cardiologist oncologist by contact client witness parent sister brother \
         member informed notified called interviewed examined consented therapist pharmacist \
         midwife dentist neurologist anesthesiologist dermatologist pediatrician husband's decedent rn lpn crna",
    ),
    // Words that begin with a capital at times and are no part of a name.
    (
        NO_NAME,
        "id record records portal service services data safety health care not no is has was \
         created admitted discharged consent count number name date age status type list lookup \
         search api app module error exception table queue file report summary history \
         information info details access account matching index registry cohort study visit \
         encounter monitoring management system server client request response update deleted \
         updated notes note chart medical and the a of for with in on at to or mrn ssn dob \
         phone email fax address zip city state sex gender male female unknown none null \
         undefined true false n satisfaction engagement outcomes outcome education first last \
         full middle advocacy flow volume census intake transfer transport discharge admission \
         billing insurance plan seen \
         reports presents denies line header template from are were been be had have would \
         could should must it its this that these those as but if then than when where who \
         which while after before during into over under again only also via per still \
         already cannot could does did failed failure found missing invalid valid pending \
         active inactive inserted saved stored loaded synced imported exported merged removed \
         added patient doctor nurse provider physician import export sync merge service-level \
         database schema model endpoint token session scheduler appointment appointments \
         dashboard gateway demographics identifier matched index lookup resolver uuid hash key \
         keys value values code codes field fields column columns row rows group groups team \
         policy terms role user users login logout password reset enrolled consented called",
    ),
    (
        PARTICLE,
        "de la las los le van von der den del della di da dos das du bin ibn al el ter ten y e st \
         san santa mac mc o ap ben abu af zu vom zum zur",
    ),
    (
        NAME_SUFFIX,
        "jr sr ii iii iv md phd rn do np pa esq dds mph",
    ),
    (
        STREET,
        "street st avenue ave av boulevard blvd road rd drive dr lane ln court ct way place pl \
         terrace ter circle cir parkway pkwy highway hwy square sq trail trl loop crescent cres \
         close row alley plaza plz turnpike pike expressway freeway crossing xing run path walk \
         mews gardens grove green heights hill hollow landing manor meadow meadows park point \
         ridge route rte view vista strasse broadway",
    ),
    (
        UNIT,
        "apt apartment suite ste unit floor fl room rm bldg building lot",
    ),
    (DIRECTION, "n s e w ne nw se sw north south east west"),
    (
        COMMON,
        "ms of to in and or for from with at on the a an is was were are rows lines bytes files \
         more new old per",
    ),
    (
        STATE,
        "al ak az ar ca co ct de dc fl ga hi id il in ia ks ky la me md ma mi mn ms mo mt ne nv nh \
         nj nm ny nc nd oh ok or pa ri sc sd tn tx ut vt va wa wv wi wy pr vi gu as mp aa ae ap alabama alaska arizona arkansas california \
         carolina colorado connecticut dakota delaware florida georgia hampshire hawaii idaho \
         illinois indiana iowa island jersey kansas kentucky louisiana maine maryland \
         massachusetts mexico michigan minnesota mississippi missouri montana nebraska nevada ohio \
         oklahoma oregon pennsylvania tennessee texas utah vermont virginia washington wisconsin \
         wyoming york",
    ),
    (
        // These are words too: "OK 20012".
        STATE_AND_WORD,
        "id ok in or me hi oh as pr mp ms vi",
    ),
    (
        BETWEEN,
        "number no num nbr id is was are of on for the a this patient her his their file in with \
         value code to from set as reads ending equals listed at recorded given identifier updated \
         changed back us me them him she he my your our its now card reading being entered ends like ilike \
         provided shows used using also has had not only patient's",
    ),
    (
        MEASURE,
        "ms s bytes kb mb gb rows records times items tokens seconds minutes days requests entries baud files \
         hours patients users percent jobs messages errors months weeks years attempts lines",
    ),
    (SCHEME, "bearer basic"),
    (
        MONTH,
        "january february march april may june july august september october november december \
         jan feb mar apr jun jul aug sep sept oct nov dec",
    ),
    (AGED, "aged"),
    (LINK, "is was are named called name names like ilike"),
    (KEY, "four digits only home work file record value"),
    (DUPLICATE, "entry"),
    (
        GEO,
        "lat lon lng latitude longitude latlng gps coordinates coords location geo",
    ),
    (CREDENTIAL, "md phd rn np pa dds mph lpn crna"),
    (
        NO_NAME_IN_LOWER,
        "january february march april may june july august september october november december \
         monday tuesday wednesday thursday friday saturday sunday an will can do new old young",
    ),
    (
        SIGNED,
        "signed cosigned referred reviewed ordered dictated prescribed verified approved seen \
         examined attended performed transcribed written accompanied witnessed administered \
         requested submitted entered authored collected treated read reported evaluated consented",
    ),
    (BOX, "p po post pobox"),
];

static LEXICON: LazyLock<Lexicon> = LazyLock::new(Lexicon::new);

const SLOTS: usize = 4096;
const FILTER_BITS: usize = 1 << 14;

#[derive(Clone, Copy)]
struct Entry {
    word: (u64, u64),
    flags: u32,
}

struct Lexicon {
    filter: [u64; FILTER_BITS / 64],
    entries: Vec<Entry>,
}

impl Lexicon {
    fn new() -> Self {
        let empty = Entry {
            word: (0, 0),
            flags: 0,
        };
        let mut lexicon = Self {
            filter: [0; FILTER_BITS / 64],
            entries: vec![empty; SLOTS],
        };
        for (flag, words) in WORDS {
            for word in words.split_ascii_whitespace() {
                lexicon.add(word.as_bytes(), *flag);
            }
        }
        for (word, announces) in field::last_words() {
            lexicon.add(&word, if announces { CUE | KEY } else { KEY });
        }
        lexicon
    }

    fn add(&mut self, word: &[u8], flag: u32) {
        let Some(word) = load(word, 0, word.len()) else {
            return;
        };
        let hash = hash(word);
        let bit = place(hash) % FILTER_BITS;
        self.filter[bit / 64] |= 1 << (bit % 64);
        let mut slot = place(hash >> 32) % SLOTS;
        while self.entries[slot].flags != 0 && self.entries[slot].word != word {
            slot = (slot + 1) % SLOTS;
        }
        self.entries[slot].word = word;
        self.entries[slot].flags |= flag;
    }
}

/// What is known of the word from `start` to `end`, in any case.
pub(super) fn flags(text: &[u8], start: usize, end: usize) -> u32 {
    let Some(word) = load(text, start, end) else {
        return 0;
    };
    let hash = hash(word);
    let lexicon = &*LEXICON;
    let bit = place(hash) % FILTER_BITS;
    if lexicon.filter[bit / 64] & 1 << (bit % 64) == 0 {
        return 0;
    }
    let mut slot = place(hash >> 32) % SLOTS;
    loop {
        let entry = &lexicon.entries[slot];
        if entry.flags == 0 || entry.word == word {
            return entry.flags;
        }
        slot = (slot + 1) % SLOTS;
    }
}

/// The same for a word by itself.
pub(super) fn flags_of(word: &[u8]) -> u32 {
    flags(word, 0, word.len())
}

/// The word's bytes in lower case as two numbers, noughts after its end.
fn load(text: &[u8], start: usize, end: usize) -> Option<(u64, u64)> {
    const LOWER: u64 = 0x2020_2020_2020_2020;
    let length = end - start;
    if length == 0 || length > MAX_WORD {
        return None;
    }
    let (first, second) = if let Some(bytes) = text.get(start..start + MAX_WORD) {
        (
            u64::from_le_bytes(bytes[..8].try_into().unwrap_or_default()),
            u64::from_le_bytes(bytes[8..].try_into().unwrap_or_default()),
        )
    } else {
        let mut bytes = [0; MAX_WORD];
        bytes[..length].copy_from_slice(&text[start..end]);
        (
            u64::from_le_bytes(bytes[..8].try_into().unwrap_or_default()),
            u64::from_le_bytes(bytes[8..].try_into().unwrap_or_default()),
        )
    };
    let keep = |bytes: usize| {
        if bytes >= 8 {
            u64::MAX
        } else {
            (1 << (8 * bytes)) - 1
        }
    };
    Some((
        (first | LOWER) & keep(length),
        (second | LOWER) & keep(length.saturating_sub(8)),
    ))
}

fn place(hash: u64) -> usize {
    usize::try_from(hash & 0xffff_ffff).unwrap_or(0)
}

fn hash((first, second): (u64, u64)) -> u64 {
    let mixed = (first ^ second.rotate_left(23)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed ^ (mixed >> 29)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_known_in_any_case_and_anywhere() {
        let text = b"see PATIENT, and a very long text around";
        assert_ne!(flags(text, 4, 11) & ROLE, 0);
        assert_ne!(flags_of(b"Mrn") & CUE, 0);
        assert_ne!(flags_of(b"anesthesiologist") & ROLE, 0);
        assert_eq!(flags_of(b"patients!"), 0);
        assert_eq!(flags_of(b""), 0);
        assert_eq!(flags_of("ü".as_bytes()), 0);
    }
}
