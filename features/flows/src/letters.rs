//! What letters say: which organisation writes, what to do, and nothing of what is said there. No letter names anybody.

use identity::invitations::Address;
use identity::{Language, Organisation};
use kernel::PersonId;
use outbound::letters::{self, Content, Letter};

/// The letter that asks somebody in, by this link.
pub(crate) fn invitation(
    organisation: &Organisation,
    (person, address): (PersonId, &Address),
    language: Language,
    link: &str,
) -> Letter {
    let name = &organisation.name;
    let to = match address {
        Address::Email(mail) => letters::Address::Mail(mail.clone()),
        Address::Mobile(number) => letters::Address::Sms(number.clone()),
    };
    let is_short = matches!(to, letters::Address::Sms(_));
    let text = if is_short { in_short(language, name, link) } else { in_full(language, name, link) };
    let subject = match language {
        Language::Nl => format!("Uitnodiging van {name}"),
        Language::En => format!("Invitation from {name}"),
        Language::De => format!("Einladung von {name}"),
        Language::Fr => format!("Invitation de {name}"),
    };
    let content = Content::new(to, subject, text);
    Letter { organisation: organisation.id, kind: "invitation", person: Some(person), content }
}

fn in_short(language: Language, name: &str, link: &str) -> String {
    match language {
        Language::Nl => {
            format!("{name} nodigt u uit om veilig berichten uit te wisselen. Open binnen 14 dagen: {link}")
        }
        Language::En => {
            format!("{name} invites you to exchange messages securely. Open within 14 days: {link}")
        }
        Language::De => {
            format!(
                "{name} lädt Sie ein, sicher Nachrichten auszutauschen. Bitte binnen 14 Tagen öffnen: {link}"
            )
        }
        Language::Fr => {
            format!(
                "{name} vous invite à échanger des messages en sécurité. À ouvrir sous 14 jours\u{a0}: {link}"
            )
        }
    }
}

fn in_full(language: Language, name: &str, link: &str) -> String {
    match language {
        Language::Nl => format!(
            "Goedendag,\n\niemand van {name} wil veilig berichten met u uitwisselen. Open deze link om te \
             beginnen:\n\n{link}\n\nDe link werkt één keer, en 14 dagen lang. Geef hem aan niemand anders.\n\n\
             Verwacht u dit niet? Dan hoeft u niets te doen.\n\n{name}\n"
        ),
        Language::En => format!(
            "Good day,\n\nsomebody at {name} would like to exchange messages with you securely. Open this link to \
             begin:\n\n{link}\n\nThe link works once, and for 14 days. Give it to nobody else.\n\n\
             You do not expect this? Then you need not do anything.\n\n{name}\n"
        ),
        Language::De => format!(
            "Guten Tag,\n\njemand von {name} möchte sicher Nachrichten mit Ihnen austauschen. Öffnen Sie diesen Link, \
             um zu beginnen:\n\n{link}\n\nDer Link funktioniert ein Mal, und 14 Tage lang. Geben Sie ihn niemandem \
             weiter.\n\nSie erwarten das nicht? Dann brauchen Sie nichts zu tun.\n\n{name}\n"
        ),
        Language::Fr => format!(
            "Bonjour,\n\nquelqu'un de {name} souhaite échanger des messages avec vous en toute sécurité. Ouvrez ce \
             lien pour commencer\u{a0}:\n\n{link}\n\nLe lien fonctionne une seule fois, et pendant 14 jours. Ne le donnez à \
             personne.\n\nVous n'attendiez pas cela\u{a0}? Alors vous n'avez rien à faire.\n\n{name}\n"
        ),
    }
}
