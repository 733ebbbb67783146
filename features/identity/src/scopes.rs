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
    /// Only who is an administrator of the application's organisation.
    Administrators,
}

/// The one table of scopes.
pub const TABLE: [ScopeRule; 3] = [
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
        GrantedBy::Administrators => roles.contains(&Role::Administrator),
    };
    TABLE.iter().filter(may).map(|rule| rule.scope).collect()
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
