//! What a word can be, and the words.

pub(in super::super) const TITLE: u32 = 1;
pub(in super::super) const ROLE: u32 = 1 << 1;
pub(in super::super) const NO_NAME: u32 = 1 << 2;
pub(in super::super) const PARTICLE: u32 = 1 << 3;
pub(in super::super) const NAME_SUFFIX: u32 = 1 << 4;
pub(in super::super) const STREET: u32 = 1 << 5;
pub(in super::super) const UNIT: u32 = 1 << 6;
pub(in super::super) const DIRECTION: u32 = 1 << 7;
pub(in super::super) const COMMON: u32 = 1 << 8;
pub(in super::super) const STATE: u32 = 1 << 9;
pub(in super::super) const BETWEEN: u32 = 1 << 10;
pub(in super::super) const MEASURE: u32 = 1 << 11;
pub(in super::super) const SCHEME: u32 = 1 << 12;
pub(in super::super) const MONTH: u32 = 1 << 13;
pub(in super::super) const AGED: u32 = 1 << 14;
pub(in super::super) const BOX: u32 = 1 << 15;
/// It may end a phrase that announces a value.
pub(in super::super) const CUE: u32 = 1 << 16;
/// It may end a key whose value matters.
pub(in super::super) const KEY: u32 = 1 << 17;

pub(in super::super) const STATE_AND_WORD: u32 = 1 << 21;
/// "by" after it says who did something.
pub(in super::super) const SIGNED: u32 = 1 << 18;
/// Between a role and a name.
pub(in super::super) const LINK: u32 = 1 << 20;
/// It ends a name in lower case only.
pub(in super::super) const NO_NAME_IN_LOWER: u32 = 1 << 19;

/// A database quotes a value after it.
pub(in super::super) const DUPLICATE: u32 = 1 << 22;
/// A place on the earth may come next.
pub(in super::super) const GEO: u32 = 1 << 23;
/// It follows a person's name: "Jane Doe, MD".
pub(in super::super) const CREDENTIAL: u32 = 1 << 24;

/// A given name, and nothing else.
pub(in super::super) const GIVEN: u32 = 1 << 25;
/// A person lives at the place after it.
pub(in super::super) const RESIDES: u32 = 1 << 26;
/// With a preposition after it, a person's name may come next: "assigned to", "interview with".
pub(in super::super) const MEETS: u32 = 1 << 27;
/// A role whose people are called by one name too: "Nurse Kowalski".
pub(in super::super) const PERSONAL: u32 = 1 << 28;
/// Another name of the same person comes next.
pub(in super::super) const ALIAS: u32 = 1 << 29;
/// A title only before a dot: "Sr. García", "M. Dupont".
pub(in super::super) const DOTTED_TITLE: u32 = 1 << 30;
/// What a person has at a clinic: "Doe's chart".
pub(in super::super) const BELONGS: u32 = 1 << 31;

/// What makes the reading of text look closer at a word.
pub(in super::super) const ANNOUNCES: u32 = TITLE
    | ROLE
    | STATE
    | SCHEME
    | MONTH
    | AGED
    | BOX
    | CUE
    | DUPLICATE
    | GEO
    | CREDENTIAL
    | GIVEN
    | RESIDES
    | MEETS
    | ALIAS
    | DOTTED_TITLE;

pub(super) const WORDS: &[(u32, &str)] = &[
    (
        TITLE,
        "drs mr mrs ms miss mx dr doctor prof professor rev frau herr mme mlle monsieur madame señor \
         señora señorita sra signor signora",
    ),
    (
        ROLE,
        "patients pts nurses physicians surgeons doctors clinicians pcp patient pt subject participant mother father spouse wife husband guardian kin attending \
         physician surgeon nurse provider consultant named dear resident caregiver son daughter \
         consulting admitting beneficiary insured subscriber guarantor clinician practitioner radiologist pathologist \
         psychiatrist cardiologist oncologist by contact client witness parent sister brother \
         member informed notified called interviewed examined consented therapist pharmacist \
         midwife dentist neurologist anesthesiologist dermatologist pediatrician husband's decedent rn lpn crna baby babygirl babyboy newborn infant attn attention \
         worker manager coordinator navigator tech technician enrollee volunteer donor recipient proxy paciente",
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
         provided shows used using also has had not only patient's lookup search",
    ),
    (
        MEASURE,
        "degrees deg files ms s bytes kb mb gb rows records times items tokens seconds minutes days requests entries baud files \
         hours patients users percent jobs messages errors months weeks years attempts lines",
    ),
    (SCHEME, "bearer basic"),
    (
        MONTH,
        "january february march april may june july august september october november december \
         jan feb mar apr jun jul aug sep sept oct nov dec",
    ),
    (AGED, "aged turned turns turning ninety hundred"),
    (
        LINK,
        "is was are named called name names like ilike boy girl twin",
    ),
    (KEY, "four digits only home work file record value"),
    (DUPLICATE, "entry constraint value got received"),
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
    (GIVEN, super::given::GIVEN),
    (
        RESIDES,
        "lives lived living live reside resides resided residing resident domiciled hometown relocated native \
         born homeless raised moved",
    ),
    (
        MEETS,
        "assigned reassigned transferred referred released delegated escalated handed spoke spoken speaking \
         talked talking met meeting interview interviewing visit visited visits consult consultation consulted \
         discussed conversation appointment appt call called calling message messaged note letter given \
         returned belongs belonging related married session booked behalf care known listed registered issued \
         records record chart results labs consent referral claim admitted scheduled seen ordered prescribed \
         intake handoff signout followup report reports discharge visitor correspondence spelled recorded goes \
         phoned emailed texted paged sent forwarded reported summary reminder refill prescription",
    ),
    (
        PERSONAL,
        "patient pt dear mother father spouse wife husband guardian nurse surgeon physician son daughter sister \
         brother resident decedent midwife therapist radiologist pathologist psychiatrist cardiologist \
         oncologist neurologist dermatologist pediatrician anesthesiologist rn baby babygirl babyboy newborn infant",
    ),
    (ALIAS, "aka nee née alias"),
    (DOTTED_TITLE, "m sr srta hr me fr st sig"),
    (
        BELONGS,
        "chart charts record records results labs lab bloodwork medications meds prescription prescriptions \
         vitals biopsy mri ct scan xray diagnosis diagnoses appointment discharge admission allergies \
         insurance mother father wife husband spouse son daughter family room bed surgery procedure history \
         condition symptoms consent referral visit file folder pathology imaging dob birthday address phone mrn \
         ssn email physician doctor nurse test tests bill billing claim claims case notes note medical clinical \
         health blood treatment therapy dose dosage home",
    ),
];
