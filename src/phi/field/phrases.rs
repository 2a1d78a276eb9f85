//! Which phrases name which kind of value.

use super::Field;
use crate::phi::Kind;

/// Phrases by what they say, separated by commas. `#` is both `number` and `id`.
pub(super) const PHRASES: &[(Field, &str)] = &[
    (
        Field::Strong(Kind::Ssn),
        "ssn, ssns, ss number, s s n, social security, social security number, soc sec, social insurance, itin, \
         tax id, taxpayer id, taxpayer number, taxpayer identification, national id, \
         national number, nino, national insurance, last 4 of social, last four of social, last 4 social, last four social, aadhaar, sin number, social number",
    ),
    (
        Field::Whole(Kind::Phone),
        "phone, phones, telephone, sms, texted, text msg, sms msg, tel, mobile, cell, cell phone, cellphone, cellular, fax, \
         facsimile, pager, beeper, landline, msisdn, whatsapp, contact number, callback number, \
         home number, work number, ph, ph #, call, callback, mobile number, cell number",
    ),
    (
        Field::Whole(Kind::Email),
        "email, emails, e mail, mail, email address, e mail address, mail address",
    ),
    (
        Field::Strong(Kind::Mrn),
        "mrn, m r n, med rec #, medrec #, medical rec #, hosp #, pat #, medical record, medical record #, med rec, medical number, chart #, record number, mr #, \
         patient #, patient code, patient identifier, pt #, subject #, subject identifier, \
         subject code, participant #, person #, hospital number, uhid, empi, mpi, ehr id, emr id, \
         accession #, accession, specimen #, encounter #, visit #, admission #, episode #, \
         case number, csn, unit number, history number, clinic number, screening #, \
         randomization #, randomisation #, enrollment #, enrolment #, donor #, recipient id, \
         resident id, study subject, study instance uid, series instance uid, sop instance uid, face id, voice print, rx number, prescription number, biometric, biometrics, faceprint, voiceprint, retina scan, \
         fingerprint template, face encoding, face embedding, photo, photograph, headshot, \
         selfie, face image, patient image, patient photo, patient key, person key, master \
         patient index, registration number, individual id, individual number",
    ),
    (
        Field::Whole(Kind::Name),
        "first name, last name, kin, patient initials, subject initials, participant initials, pt initials, patient first, patient last, pt first, pt last, full name, given name, family name, middle name, middle initial, \
         maiden name, surname, forename, fname, lname, mname, nick name, nickname, username, user name, \
         next of kin, nok, guardian, mother, father, spouse, wife, husband, caregiver, carer, \
         emergency contact, physician, attending, attending physician, surgeon, clinician, \
         practitioner, referring physician, ordering physician, prescriber, signatory, witness, \
         cardholder, card holder, account holder, policy holder, policyholder, legal guardian, \
         referring provider, ordering provider, attending provider, primary care provider, \
         rendering provider, doctor, nurse, radiologist, pathologist, principal investigator, \
         anesthesiologist, cardiologist, oncologist, psychiatrist, neurologist, dermatologist, \
         pediatrician, pharmacist, midwife, dentist, therapist, given names, forenames, surnames, \
         name first, name last, name middle, name given, name family, name full, nombre, apellido, \
         apellidos, nom, prenom, vorname, nachname, cognome, decedent, name last key, name first key, name middle key, last first, attending md, referring md, ordering md, admitting md, physician of record, provider of record, \
         doctor of record, attending of record",
    ),
    (
        Field::Person,
        "patient, pt, participant, enrollee, beneficiary, subscriber, insured, guarantor, \
         individual, patients, participants, paciente, patiente, patientin",
    ),
    (
        Field::PersonLike,
        "subject, person, member, contact, provider, author, owner, requester, requestor, user, \
         customer, employee, signed by, reviewed by, approved by, created by, updated by, \
         requested by, assigned to, assignee, ordered by, verified by, performed by, submitted by, \
         uploaded by, resolved by, invited by, granted by, revoked by, deleted by, dictated by, \
         transcribed by, prescribed by, referred by, display name, provider name, recipient, \
         sender, client, donor, proxy, health care proxy, healthcare proxy, attorney, power of attorney, surrogate, lawyer, \
         grandmother, grandfather, grandparent, grandson, granddaughter, aunt, uncle, niece, nephew, cousin, stepmother, stepfather, \
         brother, sister, mom, dad, friend, neighbor, neighbour, roommate, boyfriend, girlfriend, fiance, teacher, coworker, victim, \
         visitor, passenger, case manager, case worker, caseworker, social worker, care manager, scribe, phlebotomist, technologist, \
         sonographer, paramedic, hospitalist, resident, rn, lpn, preceptor, interpreter, reviewer, approver, creator, consultant, operator, investigator, staff, \
         account name, login, relative, sibling, child, parent, partner, son, daughter, pcp, gp, \
         investigators, authors, physicians, providers, attendees, pi, co pi, pi name, co investigator, sub investigator, coordinator, study coordinator, \
         research coordinator, site coordinator, \
         care team, attendee, party name, actor, prov name, guar, responsible party, poa, hcp, hcpoa, admitting, dependent, lab tech, pharmacy tech, rad tech,\
         volunteer, health care agent, performer, asserter, certifier, pronounced by, attested by, cosigner, \
         transcriptionist, coroner, medical examiner, ship to, bill to, sold to, deliver to, mail to, send to, remit to, attn, contact person, informant, claimant, applicant, payee, by, caller, alias, aliases",
    ),
    (Field::Name, "name, names"),
    (Field::NamePart, "first, last, middle, given, family, full"),
    (Field::Id, "id, number, code, external id, source id"),
    (
        Field::Strong(Kind::Date),
        "dob, d o b, date of birth, birth date, birth, birthday, birthdate, born, date born, dod, \
         date of death, death, death date, deceased, died, admission date, admission, admit, \
         admit date, admitted, date of admission, discharge, discharge date, discharged, \
         date of discharge, birth year, year of birth, yob, death year, birth time, bday, doa, \
         birth month, birth day, birth date time, birth datetime, date time of birth, deceased date, \
         deceased date time, death date time, death datetime, admit date time, admit datetime, \
         admission date time, admission datetime, discharge date time, discharge datetime, \
         fecha de nacimiento, date de naissance, geburtsdatum, data di nascita",
    ),
    (
        Field::Day,
        "date, day, visit, encounter date, dos, date of service, collection date, last visit",
    ),
    (Field::Coded(Kind::Ssn), "social"),
    (Field::Identifier, "identifier, identifiers"),
    (
        Field::Coded(Kind::Mrn),
        "hospital id, encounter, chart, patient record, medical chart",
    ),
    (
        Field::Age,
        "age, age sex, age years, age yrs, age yr, age y, age in years, age at diagnosis, age at onset, age at death, age at enrollment, \
         age at enrolment, age at admission, age at visit, age at scan, age at surgery, age at consent",
    ),
    (
        Field::Whole(Kind::Card),
        "card number, cc number, credit card, credit card number, debit card, debit card number, \
         pan, payment card, card no, cardnumber, ccnum",
    ),
    (Field::Strong(Kind::Iban), "iban"),
    (
        Field::Strong(Kind::Npi),
        "npi, national provider, national provider identifier",
    ),
    (Field::Strong(Kind::Dea), "dea, dea number"),
    (
        Field::Strong(Kind::Mbi),
        "mbi, medicare, medicare #, medicare beneficiary, medicare beneficiary identifier, hicn, \
         medicare beneficiary #",
    ),
    (
        Field::Strong(Kind::Vin),
        "vin, vehicle #, vehicle identification, vehicle identification number",
    ),
    (
        Field::Coded(Kind::Account),
        "account, account #, acct, acct #, bank account, bank account #, routing number, aba \
         number, sort code, billing account, billing account #, patient account, patient account \
         #, customer number, account code, financial number, claim #, routing transit number, aba routing number, \
         transit number, bank code, bsb number, fin #, fin nbr, har #, encntr #",
    ),
    (
        Field::Routing,
        "routing, aba, rtn, aba routing, routing transit, transit",
    ),
    (Field::Resource, "resource type"),
    (Field::About, "routing key, routing mode"),
    (
        Field::Coded(Kind::Plan),
        "policy id, health plan, health plan #, mem #, mbr #, subscr #, medi cal #, bcbs #, tricare #, cardholder #, card holder #, plan number, plan member #, member #, subscriber #, policy \
         number, insurance policy, insurance policy #, beneficiary #, group number, insurance #, \
         medicaid, medicaid #, enrollee #, insured #, rx group, rx bin, prior \
         authorization number, authorization number, nhs number, nhs, nhs no, health card, \
         health card number, health insurance, health insurance #, insurance card, member code, \
         payer member id, rx group id, plan id, dependent id, certificate of coverage",
    ),
    (
        Field::Record(Kind::Plan),
        "insurance, insurances, insurance provider, insurance company, insurance carrier, insurance plan, insurance name",
    ),
    (
        Field::Record(Kind::Mrn),
        "diagnosis, diagnoses, diagnosis code, diagnosis codes, diagnosis description, treatment, treatments, treatment plan, \
         medication, medications, medication list, medication name, prescription, prescriptions, medical history, family history, \
         past medical history, social history, surgical history, allergy, allergies, chief complaint, clinical notes, clinical note",
    ),
    (
        Field::Coded(Kind::License),
        "lic, lic #, cert number, license, licence, license #, licence #, drivers license, driver license, drivers licence, \
         driver licence, drivers license #, driver license #, dl number, driver licence number, \
         medical license, medical license number, dl, license plate, plate, plate \
         number, number plate, passport, passport #, certificate number, state license, state \
         license number, visa number, dln, registration plate, vehicle plate, tag number, \
         certification number, birth certificate, death certificate",
    ),
    (
        Field::Coded(Kind::Device),
        "device id, device number, ser #, device serial, device serial number, device identifier, serial \
         number, serial, serial no, s n, sn, udi, imei, imsi, meid, iccid, mac address, mac, implant \
         serial, implant, pacemaker, advertising id, android id, unique device identifier, \
         device uid, implanted device, implantable device, medical device, cardiac device, explanted device, hardware id, implant id, implant number, lot number",
    ),
    (
        Field::Place,
        "address, addresses, addr, street, street address, address line, mailing address, home \
         address, residence, po box, add line 1, add line 2, city, town, village, county, precinct, borough, parish, \
         municipality, suburb, neighborhood, neighbourhood, apt, apartment, suite, latitude, longitude, \
         coords, geohash, lat, lng, lon, lat lng, geocode, geolocation, coordinates, gps, birthplace, birth place, place of \
         birth, street name, street line, street number, house number, geo, geo location, district",
    ),
    (
        Field::Zip,
        "zip, zip code, zipcode, postal code, postcode, post code, postal, zip 5, zip 4, zip5, zip4, zip plus 4, plz",
    ),
    (
        Field::Secret,
        "password, password hash, hashed password, passwd, pwd, passphrase, pass, secret, token, access token, refresh token, id \
         token, api key, apikey, private key, secret key, access key, signing key, encryption \
         key, auth key, authorization, proxy authorization, auth, bearer, cookie, cookies, set \
         cookie, session, session id, session token, session key, sid, jwt, credential, \
         credentials, client secret, otp, pin, pin code, pin number, cvv, cvc, security code, \
         verification code, mfa code, totp, recovery code, backup code, csrf, xsrf, webhook \
         secret, master key, auth token, connect sid, salt, account key, shared access key, \
         service key, license key, jsessionid, phpsessid, ssh key, access key id, passcode, \
         secrets, passwords, bearer token, hmac key, deploy key",
    ),
    (
        Field::Version,
        "version, versions, firmware, api version, model, models, model name, image, image tag, tag, \
         release, user agent, ua, engine, build, build number, semver, model id, deployment, \
         model version, schema version, revision",
    ),
    (
        Field::Plain,
        "url, uri, href, link, subject line, ip address, remote address, remote addr, local address, bind address, listen address, \
         server address, peer address, socket address, client address, memory address, wallet \
         address, contract address, host address, node address, network address, base address, \
         remote ip, proxy address, token type, address family, public key, key id, api key id, \
         encryption key id, client id, country code, status code, error code, exit code, \
         response code, state code, error number, line number, page number, port number, \
         attempt number, process id, request id, trace id, span id, mail server, mail host, \
         sort key, correlation id, job id, run id, task id, event id, message id, user id, \
         session count, auth mode, device name, device path, reference number, source code, \
         service provider, cloud provider, ai provider, llm provider, http code, language code, \
         currency code, sequence number, serial port, block number, build id, token id, \
         visit count, street view, version number, session affinity, ip, study id, project id, \
         organization id, org id, tenant id, file id, artifact id, group id, plan name, plan type",
    ),
    (
        Field::Label,
        "type, system, field, key, label, attribute, code system, column, property, \
         param, variable, identifier type, id type, kind, use type, field name, question, header, vr, path, \
         instance path, data path, property path, field path, json path, json pointer, pointer, parameter, \
         param name, parameter name, column name, property name, attribute name, k, link id",
    ),
    (
        Field::Value,
        "value, values, val, answer, display, value string, text value, content value, old, new, before, after, previous, \
         current, from value, to value, input, input value, old value, new value, old val, new val, prev, prev value, \
         previous value, current value, before value, after value, original, original value, updated, updated value, \
         rejected value, attempted value, invalid value, submitted value, provided value, received value, actual, \
         actual value, received, raw value, from, to, data, v, lhs, rhs, response, got, string value, \
         field value, column value, property value, attribute value, parameter value, param value",
    ),
];
