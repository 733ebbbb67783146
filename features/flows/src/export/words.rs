//! What a document says around what was said, in the four languages.

use identity::Language;
use jiff::Zoned;
use messaging::files::FileState;

pub(crate) struct Words {
    /// Before a page's number.
    pub page: &'static str,
    /// Above who is in it.
    pub members: &'static str,
    /// When it was saved, and by whom.
    pub saved: &'static str,
    /// A span without a beginning, without an end, and with both.
    pub until: &'static str,
    pub since: &'static str,
    pub between: &'static str,
    pub whole: &'static str,
    /// A group without a subject.
    pub group: &'static str,
    /// Whose name is not known any more.
    pub unknown: &'static str,
    /// All who are in the chat, when a message speaks to them.
    pub everybody: &'static str,
    /// Who is spoken to, and neither is in the chat nor wrote in it.
    pub outsider: &'static str,
    /// In whose stead somebody wrote.
    pub in_stead_of: &'static str,
    pub deleted: &'static str,
    /// A file by its name and length.
    pub attachment: &'static str,
    /// Behind its length, while it is being checked, and when it was removed.
    file_waits: &'static str,
    file_was_unsafe: &'static str,
    pub nothing: &'static str,
    /// That a message asks somebody, by a provider, to prove who they are, and what became of it.
    pub asked_who: &'static str,
    pub proved: &'static str,
    pub not_proved: &'static str,
    pub zone: &'static str,
    /// As `jiff` writes it.
    moment: &'static str,
    units: [&'static str; 3],
    comma: &'static str,
}

pub(crate) const fn of(language: Language) -> &'static Words {
    match language {
        Language::Nl => &NL,
        Language::En => &EN,
        Language::De => &DE,
        Language::Fr => &FR,
    }
}

impl Words {
    /// A date and a time.
    pub fn moment(&self, at: &Zoned) -> String {
        at.strftime(self.moment).to_string()
    }

    /// Why a file is given to nobody; `None` for one that is.
    pub const fn withheld(&self, state: FileState) -> Option<&'static str> {
        match state {
            FileState::Unscanned | FileState::Clean => None,
            FileState::Waiting => Some(self.file_waits),
            FileState::Infected => Some(self.file_was_unsafe),
        }
    }

    /// A length in bytes, as people read it.
    pub fn size(&self, bytes: u64) -> String {
        let [byte, kilo, mega] = self.units;
        match bytes {
            0..1_000 => format!("{bytes} {byte}"),
            1_000..1_000_000 => format!("{} {kilo}", bytes.div_ceil(1_000)),
            _ => {
                let tenths = bytes.div_ceil(100_000);
                format!("{}{}{} {mega}", tenths / 10, self.comma, tenths % 10)
            }
        }
    }
}

/// The sentence with what stands for each `{}`.
pub(crate) fn fill(sentence: &str, with: &[&str]) -> String {
    let mut parts = sentence.split("{}");
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for (part, value) in parts.zip(with) {
        whole.push_str(value);
        whole.push_str(part);
    }
    whole
}

const NL: Words = Words {
    page: "Pagina",
    members: "Deelnemers: {}",
    saved: "Bewaard op {} door {}",
    until: "Berichten tot en met {}",
    since: "Berichten vanaf {}",
    between: "Berichten van {} tot en met {}",
    whole: "Het hele gesprek",
    group: "Groep",
    unknown: "Iemand die er niet meer is",
    everybody: "iedereen",
    outsider: "iemand buiten dit gesprek",
    in_stead_of: "{}, namens {}",
    deleted: "Dit bericht is verwijderd.",
    attachment: "Bijlage: {} ({})",
    file_waits: "wordt op virussen gecontroleerd",
    file_was_unsafe: "verwijderd: onveilig",
    nothing: "Er zijn geen berichten.",
    asked_who: "Gevraagd aan {} om te laten zien wie hij of zij is, met {}",
    proved: "bewezen",
    not_proved: "niet bewezen",
    zone: "Tijden in {}",
    moment: "%d-%m-%Y %H:%M",
    units: ["bytes", "kB", "MB"],
    comma: ",",
};

const EN: Words = Words {
    page: "Page",
    members: "In it: {}",
    saved: "Saved on {} by {}",
    until: "Messages up to {}",
    since: "Messages from {} on",
    between: "Messages from {} to {}",
    whole: "The whole conversation",
    group: "Group",
    unknown: "Somebody who has left",
    everybody: "everybody",
    outsider: "somebody outside this conversation",
    in_stead_of: "{}, on behalf of {}",
    deleted: "This message was deleted.",
    attachment: "Attachment: {} ({})",
    file_waits: "is being checked for viruses",
    file_was_unsafe: "removed: unsafe",
    nothing: "There are no messages.",
    asked_who: "{} is asked to prove who they are, by {}",
    proved: "proved",
    not_proved: "not proved",
    zone: "Times in {}",
    moment: "%d/%m/%Y %H:%M",
    units: ["bytes", "kB", "MB"],
    comma: ".",
};

const DE: Words = Words {
    page: "Seite",
    members: "Beteiligte: {}",
    saved: "Gespeichert am {} von {}",
    until: "Nachrichten bis {}",
    since: "Nachrichten ab {}",
    between: "Nachrichten von {} bis {}",
    whole: "Das ganze Gespräch",
    group: "Gruppe",
    unknown: "Jemand, der nicht mehr da ist",
    everybody: "alle",
    outsider: "jemand außerhalb dieses Gesprächs",
    in_stead_of: "{}, im Namen von {}",
    deleted: "Diese Nachricht wurde gelöscht.",
    attachment: "Anhang: {} ({})",
    file_waits: "wird auf Viren geprüft",
    file_was_unsafe: "entfernt: nicht sicher",
    nothing: "Es gibt keine Nachrichten.",
    asked_who: "{} wird gebeten, die Identität mit {} nachzuweisen",
    proved: "nachgewiesen",
    not_proved: "nicht nachgewiesen",
    zone: "Uhrzeiten in {}",
    moment: "%d.%m.%Y %H:%M",
    units: ["Bytes", "kB", "MB"],
    comma: ",",
};

const FR: Words = Words {
    page: "Page",
    members: "Participants\u{a0}: {}",
    saved: "Enregistré le {} par {}",
    until: "Messages jusqu'au {}",
    since: "Messages à partir du {}",
    between: "Messages du {} au {}",
    whole: "Toute la conversation",
    group: "Groupe",
    unknown: "Une personne qui n'est plus là",
    everybody: "tout le monde",
    outsider: "une personne hors de cette conversation",
    in_stead_of: "{}, au nom de {}",
    deleted: "Ce message a été supprimé.",
    attachment: "Pièce jointe\u{a0}: {} ({})",
    file_waits: "vérification antivirus en cours",
    file_was_unsafe: "supprimé\u{a0}: dangereux",
    nothing: "Il n'y a pas de messages.",
    asked_who: "{} doit prouver son identité avec {}",
    proved: "prouvée",
    not_proved: "non prouvée",
    zone: "Heures de {}",
    moment: "%d/%m/%Y %H:%M",
    units: ["octets", "ko", "Mo"],
    comma: ",",
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_rounded_up_and_written_as_the_language_does() {
        let sizes = [0, 999, 1_000, 12_001, 999_999, 1_000_000, 26_214_400];
        let said = |words: &Words| sizes.map(|size| words.size(size));
        assert_eq!(said(&EN), ["0 bytes", "999 bytes", "1 kB", "13 kB", "1000 kB", "1.0 MB", "26.3 MB"]);
        assert_eq!(said(&FR)[6], "26,3 Mo");
    }

    #[test]
    fn what_fills_a_sentence_is_not_filled_again() {
        assert_eq!(fill(EN.in_stead_of, &["{}", "Anna"]), "{}, on behalf of Anna");
    }
}
