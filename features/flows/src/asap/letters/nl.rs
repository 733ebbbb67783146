//! In Dutch.

use super::Words;

pub(in super::super) const WORDS: Words = Words {
    offer: ["Eerder terecht bij {}?", "Bij {} is een eerdere tijd vrijgekomen voor uw afspraak."],
    now: "Uw afspraak is nu:",
    earlier: "U kunt eerder komen:",
    first: "Deze tijd is voor wie het eerst kiest.",
    kept: "Wij houden deze tijd voor u vrij tot {}.",
    good_until: "U kunt kiezen tot {}.",
    to_confirm: "De praktijk moet de nieuwe tijd nog bevestigen. Uw huidige tijd geeft u op zodra u kiest.",
    accept: "Wilt u eerder komen? Open deze link en kies de nieuwe tijd:",
    keep: "Wilt u uw afspraak houden zoals die is? Dan hoeft u niets te doen. U kunt het ons ook laten weten:",
    end: "Wilt u deze e-mails niet meer krijgen? Stop ze hier:",
    confirm: [
        "Bevestig uw e-mailadres",
        "Iemand wil op dit adres een e-mail krijgen als bij {} een eerdere tijd vrijkomt voor een afspraak.",
    ],
    confirm_lead: "Bent u dat? Open dan deze link binnen 14 dagen:",
    not_asked: "Hebt u hier niet om gevraagd? Dan hoeft u niets te doen.",
    booked: ["Uw afspraak bij {}", "Uw afspraak bij {} staat vast."],
    requested: [
        "Uw aanvraag bij {}",
        "Uw aanvraag voor een afspraak bij {} is binnen. De praktijk bevestigt de afspraak nog.",
    ],
    confirmed: ["Uw afspraak bij {} is bevestigd", "Uw afspraak bij {} is bevestigd."],
    moved: ["Uw afspraak bij {} is verzet", "Uw afspraak bij {} is verzet."],
    moved_to_confirm: [
        "Uw afspraak bij {} is verzet",
        "Uw afspraak bij {} is verzet. De praktijk bevestigt de nieuwe tijd nog.",
    ],
    cancelled: ["Uw afspraak bij {} is afgezegd", "Deze afspraak bij {} gaat niet door."],
    resettled: [
        "Uw afspraak bij {}",
        "De regels voor de klok zijn veranderd. Uw afspraak bij {} blijft op het tijdstip dat u is verteld. Neem het nieuwe agendabestand over, zodat uw agenda klopt.",
    ],
    when: "Wanneer:",
    before: "Eerst was het:",
    place: "Waar:",
    attached: "In de bijlage staat de afspraak voor uw agenda.",
    no_answer: "Op deze e-mail kunt u niet antwoorden.",
    summary: "Afspraak",
    file: "afspraak.ics",
};
