//! In English.

use super::Words;

pub(in super::super) const WORDS: Words = Words {
    offer: ["Come earlier to {}?", "At {} an earlier time has become free for your appointment."],
    now: "Your appointment is now:",
    earlier: "You can come earlier:",
    first: "This time goes to whoever chooses it first.",
    kept: "We keep this time for you until {}.",
    good_until: "You can choose until {}.",
    to_confirm: "The practice must still confirm the new time. You give up your present time as soon as you choose.",
    accept: "Would you like to come earlier? Open this link and choose the new time:",
    keep: "Would you like to keep your appointment as it is? Then you need not do anything. You can also let us know:",
    end: "No longer want these e-mails? Stop them here:",
    confirm: [
        "Confirm your e-mail address",
        "Somebody would like to get an e-mail at this address when an earlier time for an appointment becomes free at {}.",
    ],
    confirm_lead: "Is that you? Then open this link within 14 days:",
    not_asked: "You did not ask for this? Then you need not do anything.",
    booked: ["Your appointment at {}", "Your appointment at {} is booked."],
    requested: [
        "Your request at {}",
        "Your request for an appointment at {} has come in. The practice has yet to confirm it.",
    ],
    confirmed: ["Your appointment at {} is confirmed", "Your appointment at {} is confirmed."],
    moved: ["Your appointment at {} has moved", "Your appointment at {} has moved to another time."],
    moved_to_confirm: [
        "Your appointment at {} has moved",
        "Your appointment at {} has moved to another time. The practice has yet to confirm the new time.",
    ],
    cancelled: ["Your appointment at {} is cancelled", "This appointment at {} does not take place."],
    resettled: [
        "Your appointment at {}",
        "The rules for the clock have changed. Your appointment at {} stays at the time that you were told. Take over the new calendar file, so that your calendar is right.",
    ],
    when: "When:",
    before: "Before, it was:",
    place: "Where:",
    attached: "The appointment for your calendar is attached.",
    no_answer: "You cannot reply to this e-mail.",
    summary: "Appointment",
    file: "appointment.ics",
};
