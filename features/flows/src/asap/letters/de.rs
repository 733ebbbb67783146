//! In German.

use super::Words;

pub(in super::super) const WORDS: Words = Words {
    offer: ["Früher zu {} kommen?", "Bei {} ist für Ihren Termin eine frühere Zeit frei geworden."],
    now: "Ihr Termin ist jetzt:",
    earlier: "Sie können früher kommen:",
    first: "Diese Zeit bekommt, wer zuerst wählt.",
    kept: "Wir halten diese Zeit für Sie frei bis {}.",
    good_until: "Sie können wählen bis {}.",
    to_confirm: "Die Praxis muss die neue Zeit noch bestätigen. Ihre jetzige Zeit geben Sie auf, sobald Sie wählen.",
    accept: "Möchten Sie früher kommen? Öffnen Sie diesen Link und wählen Sie die neue Zeit:",
    keep: "Möchten Sie Ihren Termin so behalten, wie er ist? Dann brauchen Sie nichts zu tun. Sie können es uns auch mitteilen:",
    end: "Möchten Sie diese E-Mails nicht mehr bekommen? Beenden Sie sie hier:",
    confirm: [
        "Bestätigen Sie Ihre E-Mail-Adresse",
        "Jemand möchte an diese Adresse eine E-Mail bekommen, wenn bei {} eine frühere Zeit für einen Termin frei wird.",
    ],
    confirm_lead: "Sind Sie das? Dann öffnen Sie diesen Link innerhalb von 14 Tagen:",
    not_asked: "Sie haben das nicht gewünscht? Dann brauchen Sie nichts zu tun.",
    booked: ["Ihr Termin bei {}", "Ihr Termin bei {} ist gebucht."],
    requested: [
        "Ihre Anfrage bei {}",
        "Ihre Anfrage für einen Termin bei {} ist eingegangen. Die Praxis muss den Termin noch bestätigen.",
    ],
    confirmed: ["Ihr Termin bei {} ist bestätigt", "Ihr Termin bei {} ist bestätigt."],
    moved: ["Ihr Termin bei {} ist verlegt", "Ihr Termin bei {} wurde verlegt."],
    moved_to_confirm: [
        "Ihr Termin bei {} ist verlegt",
        "Ihr Termin bei {} wurde verlegt. Die Praxis muss die neue Zeit noch bestätigen.",
    ],
    cancelled: ["Ihr Termin bei {} ist abgesagt", "Dieser Termin bei {} findet nicht statt."],
    resettled: [
        "Ihr Termin bei {}",
        "Die Regeln für die Uhr haben sich geändert. Ihr Termin bei {} bleibt zu der Zeit, die Ihnen genannt wurde. Übernehmen Sie die neue Kalenderdatei, damit Ihr Kalender stimmt.",
    ],
    when: "Wann:",
    before: "Vorher war er:",
    place: "Wo:",
    attached: "Im Anhang finden Sie den Termin für Ihren Kalender.",
    no_answer: "Auf diese E-Mail können Sie nicht antworten.",
    summary: "Termin",
    file: "termin.ics",
};
