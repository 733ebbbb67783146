//! What people are.

use identity::Language;
use kernel::Role;

/// What somebody is, as one word.
#[must_use]
pub const fn role(language: Language, role: Role) -> &'static str {
    said(language, role).0
}

/// Many of them, as a heading.
#[must_use]
pub const fn roles(language: Language, role: Role) -> &'static str {
    said(language, role).1
}

const fn said(language: Language, role: Role) -> (&'static str, &'static str) {
    match language {
        Language::Nl => dutch(role),
        Language::En => english(role),
        Language::De => german(role),
        Language::Fr => french(role),
    }
}

const fn dutch(role: Role) -> (&'static str, &'static str) {
    match role {
        Role::Patient => ("Patiënt", "Patiënten"),
        Role::Doctor => ("Arts", "Artsen"),
        Role::Nurse => ("Verpleegkundige", "Verpleegkundigen"),
        Role::Therapist => ("Therapeut", "Therapeuten"),
        Role::Assistant => ("Assistent", "Assistenten"),
        Role::Interpreter => ("Tolk", "Tolken"),
        Role::Guest => ("Gast", "Gasten"),
        Role::Scheduler => ("Planning", "Planning"),
        Role::Partner => ("Partner", "Partners"),
        Role::Administrator => ("Beheerder", "Beheerders"),
        Role::Auditor => ("Controleur", "Controleurs"),
    }
}

const fn english(role: Role) -> (&'static str, &'static str) {
    match role {
        Role::Patient => ("Patient", "Patients"),
        Role::Doctor => ("Doctor", "Doctors"),
        Role::Nurse => ("Nurse", "Nurses"),
        Role::Therapist => ("Therapist", "Therapists"),
        Role::Assistant => ("Assistant", "Assistants"),
        Role::Interpreter => ("Interpreter", "Interpreters"),
        Role::Guest => ("Guest", "Guests"),
        Role::Scheduler => ("Planning", "Planning"),
        Role::Partner => ("Partner", "Partners"),
        Role::Administrator => ("Administrator", "Administrators"),
        Role::Auditor => ("Auditor", "Auditors"),
    }
}

const fn german(role: Role) -> (&'static str, &'static str) {
    match role {
        Role::Patient => ("Patient/in", "Patientinnen und Patienten"),
        Role::Doctor => ("Arzt/Ärztin", "Ärztinnen und Ärzte"),
        Role::Nurse => ("Pflege", "Pflege"),
        Role::Therapist => ("Therapie", "Therapie"),
        Role::Assistant => ("Assistenz", "Assistenz"),
        Role::Interpreter => ("Dolmetscher/in", "Dolmetscherinnen und Dolmetscher"),
        Role::Guest => ("Gast", "Gäste"),
        Role::Scheduler => ("Terminplanung", "Terminplanung"),
        Role::Partner => ("Partner", "Partner"),
        Role::Administrator => ("Verwaltung", "Verwaltung"),
        Role::Auditor => ("Prüfung", "Prüfung"),
    }
}

const fn french(role: Role) -> (&'static str, &'static str) {
    match role {
        Role::Patient => ("Patient", "Patients"),
        Role::Doctor => ("Médecin", "Médecins"),
        Role::Nurse => ("Soins infirmiers", "Soins infirmiers"),
        Role::Therapist => ("Thérapeute", "Thérapeutes"),
        Role::Assistant => ("Secrétariat", "Secrétariat"),
        Role::Interpreter => ("Interprète", "Interprètes"),
        Role::Guest => ("Invité", "Invités"),
        Role::Scheduler => ("Planification", "Planification"),
        Role::Partner => ("Partenaire", "Partenaires"),
        Role::Administrator => ("Administration", "Administration"),
        Role::Auditor => ("Contrôle", "Contrôle"),
    }
}
