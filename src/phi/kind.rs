//! What an identifier is.

/// A kind of identifier, after the eighteen of 45 CFR 164.514(b)(2)(i), and secrets.
///
/// ```
/// use researchflow_core::phi::Kind;
///
/// assert_eq!(Kind::Mrn.as_str(), "mrn");
/// assert_eq!(Kind::ALL[Kind::Mrn as usize], Kind::Mrn);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Kind {
    /// A Social Security number, a taxpayer number, or another country's like.
    Ssn,
    /// A telephone or fax number.
    Phone,
    /// An email address.
    Email,
    /// A medical record number, or another code that stands for a person.
    Mrn,
    /// A person's name.
    Name,
    /// A calendar date.
    Date,
    /// An age over 89.
    Age,
    /// A public IP address.
    Ip,
    /// A payment card's number.
    Card,
    /// An international bank account number.
    Iban,
    /// A National Provider Identifier.
    Npi,
    /// A registration number of the Drug Enforcement Administration.
    Dea,
    /// A Medicare Beneficiary Identifier.
    Mbi,
    /// A vehicle identification number.
    Vin,
    /// An account number.
    Account,
    /// A number at a health plan or insurer.
    Plan,
    /// A licence, certificate or plate.
    License,
    /// A device's identifier or serial number.
    Device,
    /// A postal address, or a part of one, or a position.
    Address,
    /// A postal code.
    Zip,
    /// What follows the host of a URL.
    Url,
    /// A password, token, key or cookie.
    Secret,
}

impl Kind {
    /// Every kind, in the order of its number.
    pub const ALL: [Self; 22] = [
        Self::Ssn,
        Self::Phone,
        Self::Email,
        Self::Mrn,
        Self::Name,
        Self::Date,
        Self::Age,
        Self::Ip,
        Self::Card,
        Self::Iban,
        Self::Npi,
        Self::Dea,
        Self::Mbi,
        Self::Vin,
        Self::Account,
        Self::Plan,
        Self::License,
        Self::Device,
        Self::Address,
        Self::Zip,
        Self::Url,
        Self::Secret,
    ];

    /// The word in the placeholder and in the metric's label.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ssn => "ssn",
            Self::Phone => "phone",
            Self::Email => "email",
            Self::Mrn => "mrn",
            Self::Name => "name",
            Self::Date => "date",
            Self::Age => "age",
            Self::Ip => "ip",
            Self::Card => "card",
            Self::Iban => "iban",
            Self::Npi => "npi",
            Self::Dea => "dea",
            Self::Mbi => "mbi",
            Self::Vin => "vin",
            Self::Account => "account",
            Self::Plan => "plan",
            Self::License => "license",
            Self::Device => "device",
            Self::Address => "address",
            Self::Zip => "zip",
            Self::Url => "url",
            Self::Secret => "secret",
        }
    }
}
