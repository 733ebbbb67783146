//! Each scope: the sentence that a person reads before they allow it, and who may allow it.

use kernel::{Role, Scope, Scopes};

use crate::Language;

/// One scope, as the consent page and the authorization server know it.
#[derive(Debug)]
pub struct ScopeRule {
    /// Which.
    pub scope: Scope,
    /// What it lets an application do, as an end of "This application may ...", by language.
    pub sentences: Sentences,
    /// Who may allow it.
    pub granted_by: GrantedBy,
}

/// One sentence in each language.
#[derive(Debug)]
#[expect(missing_docs, reason = "a field is named by its language")]
pub struct Sentences {
    pub nl: &'static str,
    pub en: &'static str,
    pub de: &'static str,
    pub fr: &'static str,
}

/// Who may allow a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GrantedBy {
    /// Everybody, for themselves.
    Anybody,
    /// Only who works for the application's organisation and sees patients or administers it.
    Staff,
    /// Only who is an administrator of the application's organisation.
    Administrators,
    /// Nobody: an operator gives it to a program that acts for itself.
    Operators,
}

/// The one table of scopes.
pub const TABLE: [ScopeRule; 18] = [
    ScopeRule {
        scope: Scope::Read,
        sentences: Sentences {
            nl: "uw gesprekken, bestanden en contacten lezen",
            en: "read your conversations, files and contacts",
            de: "Ihre Gespräche, Dateien und Kontakte lesen",
            fr: "lire vos conversations, vos fichiers et vos contacts",
        },
        granted_by: GrantedBy::Anybody,
    },
    ScopeRule {
        scope: Scope::Write,
        sentences: Sentences {
            nl: "namens u berichten en bestanden sturen en gesprekken beginnen of wijzigen",
            en: "send messages and files in your name, and start or change conversations",
            de: "in Ihrem Namen Nachrichten und Dateien senden und Gespräche beginnen oder ändern",
            fr: "envoyer des messages et des fichiers en votre nom, et créer ou modifier des conversations",
        },
        granted_by: GrantedBy::Anybody,
    },
    ScopeRule {
        scope: Scope::Admin,
        sentences: Sentences {
            nl: "namens u uw organisatie beheren: mensen, rollen en instellingen",
            en: "manage your organisation in your name: people, roles and settings",
            de: "in Ihrem Namen Ihre Organisation verwalten: Personen, Rollen und Einstellungen",
            fr: "gérer votre organisation en votre nom : personnes, rôles et paramètres",
        },
        granted_by: GrantedBy::Administrators,
    },
    ScopeRule {
        scope: Scope::OpenId,
        sentences: Sentences {
            nl: "weten dat u het bent",
            en: "know that it is you",
            de: "wissen, dass Sie es sind",
            fr: "savoir que c'est vous",
        },
        granted_by: GrantedBy::Anybody,
    },
    ScopeRule {
        scope: Scope::Profile,
        sentences: Sentences {
            nl: "uw naam en taal zien",
            en: "see your name and language",
            de: "Ihren Namen und Ihre Sprache sehen",
            fr: "voir votre nom et votre langue",
        },
        granted_by: GrantedBy::Anybody,
    },
    ScopeRule {
        scope: Scope::Email,
        sentences: Sentences {
            nl: "uw e-mailadres zien",
            en: "see your e-mail address",
            de: "Ihre E-Mail-Adresse sehen",
            fr: "voir votre adresse e-mail",
        },
        granted_by: GrantedBy::Anybody,
    },
    ScopeRule {
        scope: Scope::Address,
        sentences: Sentences {
            nl: "uw postadres zien",
            en: "see your postal address",
            de: "Ihre Postanschrift sehen",
            fr: "voir votre adresse postale",
        },
        granted_by: GrantedBy::Anybody,
    },
    ScopeRule {
        scope: Scope::Phone,
        sentences: Sentences {
            nl: "uw telefoonnummer zien",
            en: "see your telephone number",
            de: "Ihre Telefonnummer sehen",
            fr: "voir votre numéro de téléphone",
        },
        granted_by: GrantedBy::Anybody,
    },
    ScopeRule {
        scope: Scope::OfflineAccess,
        sentences: Sentences {
            nl: "dit ook doen wanneer u er niet bij bent",
            en: "do this also while you are away",
            de: "dies auch tun, wenn Sie nicht dabei sind",
            fr: "faire cela aussi en votre absence",
        },
        granted_by: GrantedBy::Anybody,
    },
    ScopeRule {
        scope: Scope::ProfileRead,
        sentences: Sentences {
            nl: "uw gegevens in het patiëntenportaal lezen",
            en: "read your details in the patient portal",
            de: "Ihre Angaben im Patientenportal lesen",
            fr: "lire vos données dans le portail patient",
        },
        granted_by: GrantedBy::Anybody,
    },
    ScopeRule {
        scope: Scope::AppointmentRead,
        sentences: Sentences {
            nl: "uw afspraken lezen en een videoconsult openen",
            en: "read your appointments and open a video consultation",
            de: "Ihre Termine lesen und eine Videosprechstunde öffnen",
            fr: "lire vos rendez-vous et ouvrir une téléconsultation",
        },
        granted_by: GrantedBy::Anybody,
    },
    ScopeRule {
        scope: Scope::AppointmentWrite,
        sentences: Sentences {
            nl: "namens u afspraken maken, verzetten en afzeggen",
            en: "book, move and cancel appointments in your name",
            de: "in Ihrem Namen Termine buchen, verschieben und absagen",
            fr: "prendre, déplacer et annuler des rendez-vous en votre nom",
        },
        granted_by: GrantedBy::Anybody,
    },
    ScopeRule {
        scope: Scope::SystemCommunicationCu,
        sentences: Sentences {
            nl: "berichten van een ziekenhuissysteem plaatsen en bijwerken",
            en: "create and update messages of a hospital's system",
            de: "Nachrichten eines Krankenhaussystems anlegen und ändern",
            fr: "créer et modifier les messages d'un système hospitalier",
        },
        granted_by: GrantedBy::Operators,
    },
    ScopeRule {
        scope: Scope::SystemCommunicationRs,
        sentences: Sentences {
            nl: "berichten van een ziekenhuissysteem lezen en zoeken",
            en: "read and search messages of a hospital's system",
            de: "Nachrichten eines Krankenhaussystems lesen und suchen",
            fr: "lire et rechercher les messages d'un système hospitalier",
        },
        granted_by: GrantedBy::Operators,
    },
    ScopeRule {
        scope: Scope::SystemEncounterU,
        sentences: Sentences {
            nl: "gesprekken van een ziekenhuissysteem bijwerken",
            en: "update conversations of a hospital's system",
            de: "Gespräche eines Krankenhaussystems ändern",
            fr: "modifier les conversations d'un système hospitalier",
        },
        granted_by: GrantedBy::Operators,
    },
    ScopeRule {
        scope: Scope::SystemEncounterRs,
        sentences: Sentences {
            nl: "gesprekken van een ziekenhuissysteem lezen en zoeken",
            en: "read and search conversations of a hospital's system",
            de: "Gespräche eines Krankenhaussystems lesen und suchen",
            fr: "lire et rechercher les conversations d'un système hospitalier",
        },
        granted_by: GrantedBy::Operators,
    },
    ScopeRule {
        scope: Scope::SystemPatientRs,
        sentences: Sentences {
            nl: "patiënten van een ziekenhuissysteem lezen en zoeken",
            en: "read and search patients of a hospital's system",
            de: "Patienten eines Krankenhaussystems lesen und suchen",
            fr: "lire et rechercher les patients d'un système hospitalier",
        },
        granted_by: GrantedBy::Operators,
    },
    ScopeRule {
        scope: Scope::Desk,
        sentences: Sentences {
            nl: "namens u de agenda's van uw praktijk bijhouden en afspraken van patiënten maken, verzetten en afzeggen",
            en: "keep your practice's calendars in your name, and book, move and cancel appointments of patients",
            de: "in Ihrem Namen die Kalender Ihrer Praxis führen und Termine von Patienten buchen, verschieben und absagen",
            fr: "tenir en votre nom les agendas de votre cabinet, et prendre, déplacer et annuler les rendez-vous des patients",
        },
        granted_by: GrantedBy::Staff,
    },
];

impl Sentences {
    /// The sentence in this language.
    #[must_use]
    pub const fn in_language(&self, language: Language) -> &'static str {
        match language {
            Language::Nl => self.nl,
            Language::En => self.en,
            Language::De => self.de,
            Language::Fr => self.fr,
        }
    }
}

/// What somebody with these roles in an organisation may allow an application there, and may do themselves.
/// Somebody without a role may allow nothing.
#[must_use]
pub fn grantable(roles: &[Role]) -> Scopes {
    let may = |rule: &&ScopeRule| match rule.granted_by {
        GrantedBy::Anybody => !roles.is_empty(),
        GrantedBy::Staff => roles.iter().copied().any(works_at_the_desk),
        GrantedBy::Administrators => roles.contains(&Role::Administrator),
        GrantedBy::Operators => roles.contains(&Role::Partner) || roles.contains(&Role::Scheduler),
    };
    TABLE.iter().filter(may).map(|rule| rule.scope).collect()
}

/// Whether somebody of this role keeps calendars: who cares for patients, helps at the desk, or administers.
#[must_use]
pub const fn works_at_the_desk(role: Role) -> bool {
    role.is_clinician() || matches!(role, Role::Assistant | Role::Administrator)
}

/// What the consent page says about these scopes, in the table's order.
pub fn sentences(scopes: Scopes, language: Language) -> impl Iterator<Item = &'static str> {
    TABLE
        .iter()
        .filter(move |rule| scopes.has(rule.scope))
        .map(move |rule| rule.sentences.in_language(language))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_names_every_scope_once() {
        assert_eq!(TABLE.map(|rule| rule.scope), Scope::ALL);
    }

    #[test]
    fn only_an_administrator_may_allow_administration() {
        assert!(!grantable(&[Role::Doctor, Role::Patient, Role::Auditor]).has(Scope::Admin));
        assert!(grantable(&[Role::Doctor, Role::Administrator]).has(Scope::Admin));
        assert!(grantable(&[]).is_empty());
    }
}
