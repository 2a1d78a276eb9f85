//! The words that field names are made of, and what a phrase of them says of the value.
//!
//! The nouns are those of 45 CFR 164.514(b)(2)(i)(A) to (R) and the names that FHIR R4, HL7 v2,
//! X12 270/837, OMOP and databases of hospitals give them.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::LazyLock;

use super::Field;
use super::phrases::PHRASES;
use super::words::Words;

/// After a noun, these say that the value is about it, and not it: `tokenCount`, `emailVerified`.
const ABOUT: &str = "count counts total totals size sizes length len bytes ms sec secs seconds \
    millis micros nanos ns nsec usec msec hrtime monotonic minutes hours days enabled disabled required optional valid invalid \
    validity verified verification type types kind kinds status statuses state format config \
    configuration settings setting option options schema version versions index indexes limit \
    limits rate rates ratio timeout ttl sent exists exist present missing mask masked masking \
    field fields column columns table tables queue queues topic model models module service \
    services server servers template templates event events error errors err action actions rule \
    rules pattern patterns hash hashes digest checksum prefix suffix usage used max min \
    avg mean sum percent percentage score scores level levels flag flags check checked checks \
    validator validation found matched matches match search lookup query filter sort order page \
    pages cache cached store storage handler middleware route router routes endpoint endpoints \
    api job jobs worker workers task tasks scan scanner scanned detected detection redacted \
    redaction changed updated created deleted confirmed success succeeded failed failure failures \
    attempt attempts retries retry period duration latency expiry expires expiration domain \
    domains host hosts port ports path paths file files dir folder bucket region zone env locale \
    lang language country category class role roles scope scopes permission permissions source \
    target mode method methods protocol algorithm alg strategy system use relationship \
    relation precision unit units currency help hint regex rank weight threshold budget quota \
    remaining available visible hidden editable readonly processed pending received delivered \
    opened bounced clicked requested expired revoked rotated issued loaded synced imported \
    exported indexed deduplicated merged pool client clients engine driver logger log logs metric \
    metrics stats statistics report dashboard form view screen tab section header headers portal \
    book books feature features test tests group groups cohort registry map set counter \
    resolver parser builder factory manager controller repository adapter gateway plugin \
    extension extensions tag tags label labels note notes description comment comments summary \
    precedence priority severity interval frequency schedule window batch chunk chunks offset \
    cursor position step stage phase";

/// After a noun, these say that there are several: `mrnList`.
const SEVERAL: &str = "list lists array collection";

/// Before a noun, these do the same: `isPatient`, `maxTokens`.
const ASKING: &str = "is has had was are should can could may must will num total count max min \
    avg require requires required needs need skip allow allows enable enabled disable with \
    without include includes exclude missing invalid no validate show hide mask redact";

/// After a noun, these say nothing: `ssnLast4`, `phoneHome`.
const NOISE: &str = "value values raw text string str plain new old current prev previous primary \
    secondary last four ending normalized normalised formatted display original full number no \
    num nbr nr numbers home work personal business mobile cell day night evening alt alternate \
    alternative other emergency main line lines one two three digits digit masked encrypted \
    clear cleartext data info details detail input param the of on legal official 0 1 2 3 4 5 \
    6 7 8 9 e 164 v 6 default residential permanent temporary temp mailing billing shipping \
    preferred";

/// Whose `name` is a person's.
const PEOPLE: &str = "first last middle given family sur fore maiden full legal preferred birth \
    former nick patient pt subject participant person people individual client customer member \
    enrollee beneficiary subscriber insured guarantor dependent kin guardian parent mother father \
    mom dad spouse wife husband partner son daughter child sibling brother sister relative \
    caregiver carer emergency contact physician doctor dr attending surgeon nurse clinician \
    practitioner consultant referring ordering prescriber prescribing admitting primary treating \
    operating pcp gp radiologist pathologist anesthesiologist therapist dentist technician \
    employee staff user login account holder card cardholder requester requestor requested \
    author owner creator reviewer approver signer signatory signed signing witness recipient \
    sender donor resident investigator coordinator applicant claimant student teacher employer \
    by to for in on co middle real screen family complete display other alias pronounced \
    informant interpreter policyholder caller pref responsible party pat mbr subscr guar your \
    decedent deceased maternal paternal pi";

/// Whose `name` is not: objects of operators.
const THINGS: &str = "host server service services queue table column field model module function method \
    class file path package plugin app application database db schema index bucket cluster node \
    pod container image namespace network deployment job task worker workflow step stage span \
    trace event topic channel metric counter gauge label tag rule policy role group team tool \
    agent provider vendor product feature flag branch repo repository project org organization \
    organisation company tenant environment env stack region zone volume disk device interface driver \
    thread process command script template theme layout component view page route endpoint \
    resource collection dataset study trial protocol key secret cookie header param parameter \
    variable constant enum type kind category status state error exception code domain dns \
    common display short long brand drug medication test lab panel procedure diagnosis \
    condition facility hospital clinic department ward unit site location country plan test \
    suite spec check sensor signal stream partition consumer producer exchange routing cache \
    session browser os platform engine runtime language lang font color icon logger log level \
    mode profile config setting option property attribute entity action operation query mutation \
    subscription resolver middleware handler hook listener job cron schedule timer pool shard \
    replica release version build commit pipeline runner artifact registry chart manifest \
    operator controller configmap tablespace sequence trigger view constraint migration \
    permission scope claim audience issuer algorithm cipher certificate ca hash format encoding \
    charset locale timezone currency unit measure dimension segment block chunk batch record \
    row cell sheet workbook document doc folder directory drive share mount filesystem form \
    survey question answer deps dependency dependencies library libraries packages \
    modules plugins stages steps containers images pods nodes section chapter title topic";

/// Other words that names written as one are made of.
const MORE: &str = "pg mysql db redis smtp ldap root admin name date birth time code id zip postal phone email address street city \
    social security medical record number chart member plan health policy license licence driver \
    drivers plate serial password token key access refresh private public auth contact next kin \
    of insurance year month day box line ip mac user agent client bank routing credit debit card \
    ssn dob mrn npi dea mbi vin iban fax mobile home work cell telephone guardian mail admit \
    admission discharge death visit encounter hospital county town lat lng national tax";

pub(super) const WORD_ABOUT: u8 = 1;
pub(super) const WORD_ASKING: u8 = 2;
pub(super) const WORD_NOISE: u8 = 4;
pub(super) const WORD_PERSON: u8 = 8;
pub(super) const WORD_THING: u8 = 16;
pub(super) const WORD_SEVERAL: u8 = 32;

static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(Vocabulary::new);

struct Vocabulary {
    words: Map<u8>,
    phrases: Map<Field>,
    /// How long the longest phrase is: what is longer need not be hashed.
    longest: usize,
}

type Map<V> = HashMap<u64, V, BuildHasherDefault<Hashed>>;

impl Vocabulary {
    fn new() -> Self {
        let mut words = Map::default();
        for (list, flag) in [
            (ABOUT, WORD_ABOUT),
            (SEVERAL, WORD_SEVERAL),
            (ASKING, WORD_ASKING),
            (NOISE, WORD_NOISE),
            (PEOPLE, WORD_PERSON),
            (THINGS, WORD_THING),
            (MORE, 0),
        ] {
            for word in list.split_ascii_whitespace() {
                *words.entry(hash(word.as_bytes())).or_insert(0) |= flag;
            }
        }
        let mut phrases = Map::default();
        let mut longest = 0;
        for (field, list) in PHRASES {
            for phrase in list.split(',') {
                let phrase = phrase.trim();
                // "chart #" is "chart number" and "chart id".
                let heads: &[&str] = if phrase.ends_with('#') {
                    &["number", "id"]
                } else {
                    &[""]
                };
                for head in heads {
                    let spelt = phrase.replace('#', head);
                    let read = Words::split(spelt.as_bytes());
                    let phrase = read.phrase(0, read.len());
                    longest = longest.max(phrase.len());
                    phrases.insert(hash(phrase), *field);
                    for place in 0..read.len() {
                        words.entry(hash(read.get(place))).or_insert(0);
                    }
                    for word in spelt.split(' ') {
                        words.entry(hash(word.as_bytes())).or_insert(0);
                    }
                }
            }
        }
        Self {
            words,
            phrases,
            longest,
        }
    }
}

/// What is known of a word, if anything is.
pub(super) fn word(word: &[u8]) -> Option<u8> {
    VOCABULARY.words.get(&hash(word)).copied()
}

/// What a phrase says of the value.
pub(super) fn phrase(phrase: &[u8]) -> Option<Field> {
    let vocabulary = &*VOCABULARY;
    (phrase.len() <= vocabulary.longest)
        .then(|| vocabulary.phrases.get(&hash(phrase)).copied())
        .flatten()
}

/// No word that is several written as one is longer.
pub(super) const MAX_COMPOUND: usize = 32;

/// By their lengths, which beginnings of `word` are words that are known.
pub(super) fn known_beginnings(word: &[u8]) -> [bool; MAX_COMPOUND + 1] {
    let mut known = [false; MAX_COMPOUND + 1];
    let mut hash = EMPTY;
    for (known, &byte) in known[1..].iter_mut().zip(word) {
        hash = with(hash, byte);
        *known = VOCABULARY.words.contains_key(&hash);
    }
    known
}

/// FNV-1a, 64 bits (draft-eastlake-fnv). A collision would make one name of many sensitive.
pub(super) fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(EMPTY, |hash, &byte| with(hash, byte))
}

const EMPTY: u64 = 0xcbf2_9ce4_8422_2325;

fn with(hash: u64, byte: u8) -> u64 {
    (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
}

/// Keys that are hashes already.
#[derive(Default)]
struct Hashed(u64);

impl Hasher for Hashed {
    fn write(&mut self, _: &[u8]) {}

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
