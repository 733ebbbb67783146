//! Everybody and everything in the demo clinic. Keys are stable: scripts and tests name them.

use identity::Dialect;
use identity::language::Language;
use kernel::Role;

use super::numbers::Number;

/// An organisation to be made.
pub struct Organisation {
    pub key: &'static str,
    pub name: &'static str,
    pub time_zone: &'static str,
    pub languages: &'static [Language],
    pub identifiers: &'static [(&'static str, &'static str)],
}

/// A person to be made.
pub struct Person {
    pub key: &'static str,
    pub role: Role,
    pub first_name: &'static str,
    pub last_name: &'static str,
    pub language: Language,
    pub position: &'static str,
    pub memberships: &'static [&'static str],
    pub numbers: &'static [Number],
}

/// An application to be made.
pub struct Client {
    pub key: &'static str,
    pub name: &'static str,
    pub organisation: &'static str,
    pub dialect: Dialect,
    pub public: bool,
    pub redirect_uris: &'static [&'static str],
    pub scopes: &'static str,
}

/// What the portal's applications may ask for.
const PORTAL: &str =
    "openid profile email phone address offline_access profile_read appointment_read appointment_write";

pub const ORGANISATIONS: [Organisation; 4] = [
    Organisation {
        key: "linde",
        name: "Praktijk De Linde",
        time_zone: "Europe/Amsterdam",
        languages: &[Language::Nl, Language::En, Language::De, Language::Fr],
        identifiers: &[("http://fhir.nl/fhir/NamingSystem/agb-z", "01000001")],
    },
    Organisation {
        key: "hospital",
        name: "Ziekenhuis Het Duin",
        time_zone: "Europe/Amsterdam",
        languages: &[Language::Nl, Language::En],
        identifiers: &[("http://fhir.nl/fhir/NamingSystem/ura", "00999001")],
    },
    Organisation {
        key: "gp",
        name: "Millbrook Surgery",
        time_zone: "Europe/London",
        languages: &[Language::En],
        identifiers: &[("OdsOrganisationId", "A81001")],
    },
    Organisation {
        key: "hcw",
        name: "Téléconsultation Les Tilleuls",
        time_zone: "Europe/Zurich",
        languages: &[Language::Fr, Language::De, Language::En],
        identifiers: &[],
    },
];

pub const PEOPLE: [Person; 8] = [
    Person {
        key: "anna",
        role: Role::Patient,
        first_name: "Anna",
        last_name: "de Boer",
        language: Language::Nl,
        position: "",
        memberships: &["linde"],
        numbers: &[Number::Bsn(1), Number::Mobile(1)],
    },
    Person {
        key: "bram",
        role: Role::Patient,
        first_name: "Bram",
        last_name: "Schneider",
        language: Language::De,
        position: "",
        memberships: &["linde"],
        numbers: &[Number::Bsn(2)],
    },
    Person {
        key: "chris",
        role: Role::Patient,
        first_name: "Chris",
        last_name: "Taylor",
        language: Language::En,
        position: "",
        memberships: &["linde", "gp"],
        numbers: &[Number::Bsn(3), Number::Nhs(1)],
    },
    Person {
        key: "devries",
        role: Role::Doctor,
        first_name: "Eva",
        last_name: "de Vries",
        language: Language::Nl,
        position: "Huisarts",
        memberships: &["linde", "gp", "hcw"],
        numbers: &[],
    },
    Person {
        key: "bakker",
        role: Role::Doctor,
        first_name: "Thomas",
        last_name: "Bakker",
        language: Language::En,
        position: "Cardioloog",
        memberships: &["linde", "hospital"],
        numbers: &[],
    },
    Person {
        key: "jansen",
        role: Role::Nurse,
        first_name: "Claire",
        last_name: "Jansen",
        language: Language::Fr,
        position: "Wijkverpleegkundige",
        memberships: &["linde"],
        numbers: &[],
    },
    Person {
        key: "beheer",
        role: Role::Administrator,
        first_name: "Noor",
        last_name: "Dekker",
        language: Language::Nl,
        position: "Beheer",
        memberships: &["linde", "hospital", "gp", "hcw"],
        numbers: &[],
    },
    Person {
        key: "scheduler",
        role: Role::Scheduler,
        first_name: "",
        last_name: "Planning",
        language: Language::Fr,
        position: "",
        memberships: &["hcw"],
        numbers: &[],
    },
];

/// The clients of the interfaces that there are; the page at `/api-docs` has its own.
pub const CLIENTS: [Client; 4] = [
    Client {
        key: "messenger",
        name: "Messenger test application",
        organisation: "linde",
        dialect: Dialect::Kpn,
        public: false,
        redirect_uris: &["http://127.0.0.1:9/callback", "https://www.getpostman.com/oauth2/callback"],
        scopes: "read write admin",
    },
    Client {
        key: DOCS,
        name: "API page",
        organisation: "linde",
        dialect: Dialect::Kpn,
        public: true,
        redirect_uris: &[],
        scopes: "read write admin desk profile_read appointment_read appointment_write",
    },
    Client {
        key: "portal",
        name: "Portal test application",
        organisation: "linde",
        dialect: Dialect::Portal,
        public: false,
        redirect_uris: &["http://127.0.0.1:9/callback", "http://127.0.0.1:8090/callback"],
        scopes: PORTAL,
    },
    Client {
        key: "spa",
        name: "Portal test page",
        organisation: "linde",
        dialect: Dialect::Portal,
        public: true,
        redirect_uris: &["http://127.0.0.1:8090/callback"],
        scopes: PORTAL,
    },
];

/// The key of the client of `/api-docs`.
pub const DOCS: &str = "docs";

/// The desk of the practice: its clinicians find the conversations that are assigned to it.
pub const TEAM: (&str, &str, [&str; 3]) = ("linde", "Praktijkteam", ["devries", "bakker", "jansen"]);

/// The word for a role in what the demo tells.
pub const fn word(role: Role) -> &'static str {
    match role {
        Role::Administrator => "admin",
        other => other.name(),
    }
}

/// The address by which somebody signs in. Nobody can have an address under `.test` (RFC 6761).
pub fn email(key: &str) -> String {
    format!("{key}@demo.test")
}
